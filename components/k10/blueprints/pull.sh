exec 3< /tmp/ended
pulled=0
kando location pull --profile '{{ toJson .Profile }}' --path dump --kopia-snapshot '{{ .ArtifactsIn.dump.KopiaSnapshot }}' - > /tmp/data || pulled=$?
read -r ended <&3 || ended="none, since it was killed"
if [ "$ended" != 0 ]; then
    tail -n 8 /tmp/said >&2
    echo "The restore failed, exit code $ended" >&2
    exit 1
fi
exit "$pulled"
