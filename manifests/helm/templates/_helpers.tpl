{{/*
Name of the autoscaler's objects: the release's, with "prophet-autoscaler-" before it where it does not begin so, for the alerts know a
CronJob by that prefix. 52 characters at most: the controller adds eleven for a Job.
*/}}
{{- define "prophet-autoscaler.name" -}}
{{- $name := hasPrefix .Chart.Name .Release.Name | ternary .Release.Name (printf "%s-%s" .Chart.Name .Release.Name) -}}
{{- $name | trunc 52 | trimSuffix "-" -}}
{{- end }}

{{/* Labels of every object. Not of the pods: a new chart version must not restart the demo's workloads. */}}
{{- define "prophet-autoscaler.labels" -}}
app.kubernetes.io/part-of: prophet-autoscaler
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name (.Chart.Version | replace "+" "_") }}
{{- end }}

{{/* What Pod Security `restricted` asks of a pod, and of a container. */}}
{{- define "prophet-autoscaler.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "prophet-autoscaler.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}

{{/* config.targets as a YAML list, each with the fields of config.defaults that it does not set and with the job's own defaults. */}}
{{- define "prophet-autoscaler.targets" -}}
{{- $preset := dict "actuator" "scale" "scaleTargetRef" (dict "apiVersion" "apps/v1" "kind" "Deployment") -}}
{{- $targets := list -}}
{{- range .Values.config.targets -}}
  {{- $targets = append $targets (merge (deepCopy .) (deepCopy ($.Values.config.defaults | default dict)) (deepCopy $preset)) -}}
{{- end -}}
{{- toYaml $targets -}}
{{- end }}

{{/* apiGroups and resources of a scaleTargetRef; the resource's name by the rule of job/adapters/kubernetes-path.ts. */}}
{{- define "prophet-autoscaler.group" -}}
{{- contains "/" .apiVersion | ternary (splitList "/" .apiVersion | first) "" | quote -}}
{{- end }}

{{- define "prophet-autoscaler.resource" -}}
{{- $kind := lower .kind -}}
{{- if .resource -}}
{{ .resource }}
{{- else if regexMatch "(s|x|z|ch|sh)$" $kind -}}
{{ $kind }}es
{{- else if regexMatch "[^aeiou]y$" $kind -}}
{{ trimSuffix "y" $kind }}ies
{{- else -}}
{{ $kind }}s
{{- end -}}
{{- end }}
