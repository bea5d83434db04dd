exec 3< /tmp/ended
kando location push --profile '{{ toJson .Profile }}' --path dump --output-name kopiaOutput - < /tmp/data
# A dump that ends early looks like a whole one.
read -r ended <&3 || ended="none, since it was killed"
if [ "$ended" != 0 ]; then
    tail -n 8 /tmp/said >&2
    echo "The dump failed, exit code $ended" >&2
    exit 1
fi
