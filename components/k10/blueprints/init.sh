# Between the two containers: the data, and how the database's one ended.
mkfifo /tmp/data /tmp/ended
chmod 666 /tmp/data /tmp/ended
