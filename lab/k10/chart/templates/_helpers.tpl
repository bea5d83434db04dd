{{/* Labels of everything that the release makes. */}}
{{- define "k10.labels" -}}
app: {{ .Chart.Name }}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
heritage: {{ .Release.Service }}
release: {{ .Release.Name }}
{{- end }}

{{/* By this a person sees, wherever an object is described, that it is not Kasten's. */}}
{{- define "k10.annotations" -}}
crossing.lab/stand-in: k10
{{- end }}

{{- define "k10.serviceAccount" -}}
{{ printf "%s-k10" .Release.Name }}
{{- end }}

{{- define "k10.sccName" -}}
{{- if and .Values.scc.create (.Capabilities.APIVersions.Has "security.openshift.io/v1") -}}
{{ printf "%s-scc" .Release.Name }}
{{- end -}}
{{- end }}

{{/* How the sidecar is injected, as YAML: what the older spelling says counts. */}}
{{- define "k10.sidecar" -}}
{{ mergeOverwrite (deepCopy .Values.injectGenericVolumeBackupSidecar) (deepCopy .Values.injectKanisterSidecar) | toYaml }}
{{- end }}

{{/* Fails with a sentence that says which value to set. */}}
{{- define "k10.validate" -}}
{{- if and .Values.eula.accept (or (not .Values.eula.company) (not .Values.eula.email)) -}}
{{- fail "`eula.company` and `eula.email` are required with eula.accept=true." -}}
{{- end -}}
{{- end }}
