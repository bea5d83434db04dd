kando location delete --profile '{{ toJson .Profile }}' --path dump --kopia-snapshot '{{ .ArtifactsIn.dump.KopiaSnapshot }}'
