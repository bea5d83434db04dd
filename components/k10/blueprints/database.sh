# In the database's own image, whose programs fit the server. The container beside it, which has kando, tells K10 what
# went wrong here: it hears how this one ends, also that it was killed.
exec 3> /tmp/ended 4>&2 2> /tmp/said
trap 'code=$?; cat /tmp/said >&4; echo "$code" >&3' EXIT
