{{/* The chart's name, as it stands in labels. */}}
{{- define "prophet-autoscaler.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end }}

{{/*
Name of the autoscaler's objects: the release's, with "prophet-autoscaler-" before it where it does not begin so. 52 characters at most: the
CronJob's controller adds eleven for a Job.
*/}}
{{- define "prophet-autoscaler.fullname" -}}
{{- $name := include "prophet-autoscaler.name" . -}}
{{- $full := hasPrefix $name .Release.Name | ternary .Release.Name (printf "%s-%s" $name .Release.Name) -}}
{{- .Values.fullnameOverride | default $full | trunc 52 | trimSuffix "-" -}}
{{- end }}

{{- define "prophet-autoscaler.serviceAccount" -}}
{{- .Values.serviceAccount.name | default (.Values.serviceAccount.create | ternary (include "prophet-autoscaler.fullname" .) "default") -}}
{{- end }}

{{/* Labels of every object. Not of the demo's pods: a new chart version must not restart them. */}}
{{- define "prophet-autoscaler.labels" -}}
app.kubernetes.io/part-of: prophet-autoscaler
app.kubernetes.io/instance: {{ .Release.Name | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service | quote }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name (.Chart.Version | replace "+" "_") | quote }}
{{- end }}

{{/* What the job's pods, and no other release's, are known by. */}}
{{- define "prophet-autoscaler.podLabels" -}}
app.kubernetes.io/name: {{ include "prophet-autoscaler.name" . | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{/* A pod's securityContext. OpenShift gives each namespace a range of users: its SCC restricted-v2 refuses any other, and fills in what is left out. */}}
{{- define "prophet-autoscaler.podSecurity" -}}
{{- $context := .Values.podSecurityContext -}}
{{- if .Values.openshift -}}
{{- $context = omit $context "runAsUser" "runAsGroup" "fsGroup" "supplementalGroups" -}}
{{- end -}}
{{- toYaml $context -}}
{{- end }}

{{/* A container's. */}}
{{- define "prophet-autoscaler.containerSecurity" -}}
{{- $context := .Values.securityContext -}}
{{- if .Values.openshift -}}
{{- $context = omit $context "runAsUser" "runAsGroup" -}}
{{- end -}}
{{- toYaml $context -}}
{{- end }}

{{/* What the container is called with: one decision, or one every so often. */}}
{{- define "prophet-autoscaler.args" -}}
{{- $mode := list "--once" -}}
{{- with .Values.cronJob -}}
{{- if .every -}}
{{- $mode = list "--every" (toString .every) "--for" (toString .for) -}}
{{- end -}}
{{- concat $mode (list "--config" "/etc/prophet-autoscaler/config.yaml") .extraArgs | toYaml -}}
{{- end -}}
{{- end }}

{{/* What the job would refuse of cronJob.extraArgs, a line each: flags that it does not know, and those that the chart gives already. */}}
{{- define "prophet-autoscaler.argFaults" -}}
{{- $known := include "prophet-autoscaler.flags" . | fromJsonArray -}}
{{- range $i, $arg := .Values.cronJob.extraArgs -}}
  {{- $flag := trimPrefix "--" $arg | splitList "=" | first -}}
  {{- if not (hasPrefix "--" $arg) -}}
  {{- else if has $flag (list "every" "for") }}
cronJob.extraArgs[{{ $i }}]: --{{ $flag }} is a value of its own. Set cronJob.every and cronJob.for.
  {{- else if eq $flag "config" }}
cronJob.extraArgs[{{ $i }}]: --config appears twice. The chart gives it.
  {{- else if and (eq $flag "once") $.Values.cronJob.every }}
cronJob.extraArgs[{{ $i }}]: --once cannot be combined with cronJob.every.
  {{- else if not (has $flag $known) }}
cronJob.extraArgs[{{ $i }}]: --{{ $flag }} is not known. See prophet-autoscaler --help.
  {{- end -}}
{{- end -}}
{{- end }}

{{/* A map over another, as YAML, with maps within joined likewise. Not Helm's `merge`, for which 0, false and an empty list are not given. Takes a dict: over, base. */}}
{{- define "prophet-autoscaler.overlay" -}}
{{- $joined := deepCopy .base -}}
{{- range $key, $value := .over -}}
  {{- $below := get $joined $key -}}
  {{- if and (kindIs "map" $value) (kindIs "map" $below) -}}
    {{- $value = include "prophet-autoscaler.overlay" (dict "over" $value "base" $below) | fromYaml -}}
  {{- end -}}
  {{- $_ := set $joined $key $value -}}
{{- end -}}
{{- toYaml $joined -}}
{{- end }}

{{/* config.targets as a YAML list, each with the fields of config.defaults that it does not set and with the job's own defaults. */}}
{{- define "prophet-autoscaler.targets" -}}
{{- $preset := dict "actuator" "scale" "mode" "Active" "namespace" .Release.Namespace "scaleTargetRef" (dict "apiVersion" "apps/v1" "kind" "Deployment") -}}
{{- $targets := list -}}
{{- range .Values.config.targets -}}
  {{- /* a namespace of the defaults would lose against the pod's own, which is in its environment */ -}}
  {{- $base := include "prophet-autoscaler.overlay" (dict "over" (omit ($.Values.config.defaults | default dict) "namespace") "base" $preset) | fromYaml -}}
  {{- $targets = append $targets (include "prophet-autoscaler.overlay" (dict "over" . "base" $base) | fromYaml) -}}
{{- end -}}
{{- toYaml $targets -}}
{{- end }}

{{/*
The alerts, which know the CronJob and its Jobs by how their names begin, and a silence by minutes without a success: of these objects' own name
and schedule, where those are others.
*/}}
{{- define "prophet-autoscaler.rules" -}}
{{- $name := include "prophet-autoscaler.fullname" . -}}
{{- $slot := include "prophet-autoscaler.slot" . | int -}}
{{- $text := .Files.Get "files/rules.yaml" -}}
{{- if not (hasPrefix "prophet-autoscaler" $name) -}}
{{- $text = replace "=~\"prophet-autoscaler" (printf "=~\"%s" $name) $text -}}
{{- end -}}
{{- if gt $slot 60 -}}
{{- $text = replace "> 300" (printf "> %d" (mul 5 $slot)) $text | replace "> 600" (printf "> %d" (mul 10 $slot)) -}}
{{- end -}}
{{- trim $text -}}
{{- end }}

{{/* Where the job acts, as a YAML list: the release's own namespace, where the state is, and those of targets elsewhere. */}}
{{- define "prophet-autoscaler.namespaces" -}}
{{- $all := list .Release.Namespace -}}
{{- range include "prophet-autoscaler.targets" . | fromYamlArray -}}{{- $all = append $all .namespace -}}{{- end -}}
{{- uniq $all | toYaml -}}
{{- end }}

{{/* Workloads that have two entries, a line each. */}}
{{- define "prophet-autoscaler.twice" -}}
{{- $seen := dict -}}
{{- range $i, $target := include "prophet-autoscaler.targets" . | fromYamlArray -}}
  {{- $key := printf "%s/%s/%s" $target.namespace $target.scaleTargetRef.kind $target.scaleTargetRef.name -}}
  {{- if hasKey $seen $key }}
config.targets[{{ $i }}]: {{ $key }} appears twice. Each workload has one entry.
  {{- end -}}
  {{- $_ := set $seen $key true -}}
{{- end -}}
{{- end }}

{{/* Metrics of one name, 0 replicas where nothing would say when to leave them, and a share of a request that the job may not read: a line each. */}}
{{- define "prophet-autoscaler.metricFaults" -}}
{{- $looks := dig "detectScalers" true (.Values.config.kubernetes | default dict) -}}
{{- range $i, $target := include "prophet-autoscaler.targets" . | fromYamlArray -}}
  {{- $seen := dict -}}
  {{- $wakes := false -}}
  {{- range $k, $metric := .metrics -}}
    {{- if hasKey $seen $metric.name }}
config.targets[{{ $i }}].metrics[{{ $k }}].name: {{ $metric.name }} appears twice.
    {{- end -}}
    {{- $_ := set $seen $metric.name true -}}
    {{- if hasKey $metric "activation" -}}{{- $wakes = true -}}{{- end -}}
  {{- end -}}
  {{- if and (not $looks) (hasSuffix "%" (toString (dig "targetCpu" "" $target))) }}
config.targets[{{ $i }}].targetCpu: as a percentage needs kubernetes.detectScalers: true and the right to get the workload (manifests/components/inspect), because the pod's request is read there. Or write it in cores.
  {{- end -}}
  {{- if and .metrics (eq (toString (dig "minReplicas" 1 $target)) "0") -}}
    {{- if not $wakes }}
config.targets[{{ $i }}].minReplicas: 0 needs a metric with an `activation`, which says from when on a pod is needed.
    {{- end -}}
    {{- if eq .actuator "hpa" }}
config.targets[{{ $i }}].minReplicas: 0 cannot be combined with actuator hpa: an HPA does not scale to 0.
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end }}

{{/* A Role and its binding to the job's account. In another namespace than the release's, its name says whose it is. Takes a dict: root, name, namespace, rules. */}}
{{- define "prophet-autoscaler.grant" -}}
{{- $own := .root.Release.Namespace -}}
{{- $name := .name -}}
{{- if ne .namespace $own -}}{{- $name = printf "%s.%s" .name $own -}}{{- end -}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: {{ $name | quote }}
  namespace: {{ .namespace | quote }}
  labels:
    {{- include "prophet-autoscaler.labels" .root | nindent 4 }}
rules:
  {{- .rules | trim | nindent 2 }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: {{ $name | quote }}
  namespace: {{ .namespace | quote }}
  labels:
    {{- include "prophet-autoscaler.labels" .root | nindent 4 }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: Role
  name: {{ $name | quote }}
subjects:
  - kind: ServiceAccount
    name: {{ include "prophet-autoscaler.serviceAccount" .root | quote }}
    namespace: {{ $own | quote }}
{{- end }}

{{/* The same in all namespaces. Takes a dict: root, name, rules. */}}
{{- define "prophet-autoscaler.grantAll" -}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: {{ .name | quote }}
  labels:
    {{- include "prophet-autoscaler.labels" .root | nindent 4 }}
rules:
  {{- .rules | trim | nindent 2 }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: {{ .name | quote }}
  labels:
    {{- include "prophet-autoscaler.labels" .root | nindent 4 }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: {{ .name | quote }}
subjects:
  - kind: ServiceAccount
    name: {{ include "prophet-autoscaler.serviceAccount" .root | quote }}
    namespace: {{ .root.Release.Namespace | quote }}
{{- end }}

{{/* Where config.discover looks, as a YAML map of namespaces (`*`: all of them) to kinds. Both may be a single word. */}}
{{- define "prophet-autoscaler.discovered" -}}
{{- $places := dict -}}
{{- range .Values.config.discover -}}
  {{- $namespaces := .namespaces | default (list $.Release.Namespace) -}}
  {{- if kindIs "string" $namespaces }}{{ $namespaces = list $namespaces }}{{ end -}}
  {{- $kinds := .kinds | default (list "Deployment" "StatefulSet") -}}
  {{- if kindIs "string" $kinds }}{{ $kinds = list $kinds }}{{ end -}}
  {{- if has "*" $namespaces }}{{ $namespaces = list "*" }}{{ end -}}
  {{- range $namespaces -}}
    {{- $_ := set $places . (concat (get $places . | default list) $kinds | uniq | sortAlpha) -}}
  {{- end -}}
{{- end -}}
{{- toYaml $places -}}
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

{{/* The names of the ConfigMaps that share the state, as a YAML list: the first without a number, as when it is alone. */}}
{{- define "prophet-autoscaler.states" -}}
{{- $name := printf "%s-state" (include "prophet-autoscaler.fullname" .) -}}
{{- $count := gt (int .Values.shards.count) 1 | ternary .Values.shards.count .Values.state.configMaps -}}
{{- range $i := until (int $count) }}
- {{ $i | eq 0 | ternary $name (printf "%s-%d" $name $i) | quote }}
{{- end }}
{{- end }}

{{/* What is wrong with the shards, one line each. A pod's name is that of its Job, which ends with a dash and eight digits, a dash and its index: 63 characters at most. */}}
{{- define "prophet-autoscaler.shardFaults" -}}
{{- $count := int .Values.shards.count -}}
{{- $name := include "prophet-autoscaler.fullname" . -}}
{{- $most := sub 53 (len (toString (sub $count 1))) | int -}}
{{- if gt $count 1 -}}
{{- if not (semverCompare ">=1.29.0-0" .Capabilities.KubeVersion.Version) }}
shards.count {{ $count }} needs Kubernetes 1.29, for a shard that fails must not end the others (backoffLimitPerIndex). Set shards.count: 1, or install several releases.
{{- end }}
{{- if and (gt (int .Values.state.configMaps) 1) (ne (int .Values.state.configMaps) $count) }}
state.configMaps {{ .Values.state.configMaps }} is not shards.count {{ $count }}: each shard has a ConfigMap of its own. Leave state.configMaps out.
{{- end }}
{{- if gt (len $name) $most }}
shards.count {{ $count }}: the name {{ $name }} has {{ len $name }} characters, and pods that count their shards leave room for {{ $most }}. Set fullnameOverride.
{{- end }}
{{- end }}
{{- end }}
