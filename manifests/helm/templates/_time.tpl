{{/* Times: durations as the job reads them, the time between two runs of a schedule, and what must agree. */}}

{{/* Seconds of 90, "90", "90s" or "1m30s". */}}
{{- define "prophet-autoscaler.seconds" -}}
{{- include "prophet-autoscaler.number" (dict "unit" "seconds" "value" . "times" 1) -}}
{{- end }}

{{/* The longest time between two slots of cronJob.schedule within an hour, in seconds; 0 where it is not told by the minutes alone. */}}
{{- define "prophet-autoscaler.slot" -}}
{{- $fields := splitList " " .Values.cronJob.schedule -}}
{{- $minutes := dict -}}
{{- range splitList "," (first $fields) -}}
  {{- $parts := splitList "/" . -}}
  {{- $span := first $parts | replace "*" "0-59" -}}
  {{- $ends := splitList "-" $span -}}
  {{- $last := len $ends | eq 2 | ternary (last $ends) (len $parts | eq 2 | ternary "59" (first $ends)) -}}
  {{- range untilStep (first $ends | int) (add1 (int $last) | int) (len $parts | eq 2 | ternary (last $parts) "1" | int | max 1 | int) -}}
    {{- $_ := set $minutes (toString .) true -}}
  {{- end -}}
{{- end -}}
{{- $all := list -}}
{{- range until 60 -}}{{- if hasKey $minutes (toString .) -}}{{- $all = append $all . -}}{{- end -}}{{- end -}}
{{- $gap := 0 -}}
{{- if $all -}}
  {{- $previous := sub (last $all) 60 -}}
  {{- range $all -}}
    {{- $gap = max $gap (sub . $previous) -}}
    {{- $previous = . -}}
  {{- end -}}
{{- end -}}
{{- /* with one minute an hour, the next slot depends on the hours */ -}}
{{- and (eq (len $all) 1) (ne (index $fields 1) "*") | ternary 0 (mul 60 $gap) -}}
{{- end }}

{{/* The time between two decisions, in seconds: the `interval` that the job plans for. 0 where it is not known. */}}
{{- define "prophet-autoscaler.interval" -}}
{{- if .Values.cronJob.every -}}
{{- include "prophet-autoscaler.seconds" .Values.cronJob.every -}}
{{- else -}}
{{- include "prophet-autoscaler.slot" . -}}
{{- end -}}
{{- end }}

{{/* What is wrong with the times, one line each. */}}
{{- define "prophet-autoscaler.timeFaults" -}}
{{- $slot := include "prophet-autoscaler.slot" . | float64 -}}
{{- $interval := include "prophet-autoscaler.interval" . | float64 -}}
{{- with .Values.cronJob -}}
{{- $deadline := float64 .activeDeadlineSeconds -}}
{{- if ne (toString .every | empty) (toString .for | empty) }}
cronJob.every and cronJob.for need each other, such as every: 15s and for: 50s. Set both, or neither for one decision a run.
{{- else if .every }}
{{- $for := include "prophet-autoscaler.seconds" .for | float64 }}
{{- if or (lt $interval 1.0) (gt $interval 3600.0) }}
cronJob.every {{ .every }} is out of range: the job takes 1s to 1h.
{{- end }}
{{- if ge $interval $for }}
cronJob.every {{ .every }} is not shorter than cronJob.for {{ .for }}. Lower every, or set neither for one decision a run.
{{- end }}
{{- if gt (addf $for 5) $deadline }}
cronJob.for {{ .for }} leaves less than 5 s of cronJob.activeDeadlineSeconds {{ .activeDeadlineSeconds }} for the pod to start. Lower for, or raise activeDeadlineSeconds.
{{- end }}
{{- /* a last decision begins only where it is likely to end within `for`; 3 s are ample for one */ -}}
{{- $least := subf (addf $slot 3.0) $interval }}
{{- if and $slot (lt $for $least) }}
cronJob.for {{ .for }} ends too early for a decision every {{ .every }}: the next slot of cronJob.schedule is {{ $slot }} s after the first. Raise for to {{ $least }}s at least.
{{- end }}
{{- end }}
{{- $timeout := include "prophet-autoscaler.seconds" ($.Values.config.timeout | default 45) | float64 }}
{{- if and (empty .every) (ge $timeout $deadline) }}
config.timeout {{ $.Values.config.timeout | default "45s" }} is not shorter than cronJob.activeDeadlineSeconds {{ .activeDeadlineSeconds }}, so Kubernetes would end a slow run before it has acted. Lower timeout, or raise activeDeadlineSeconds.
{{- end }}
{{- $forbids := eq .concurrencyPolicy "Forbid" }}
{{- if and $slot $forbids (ge $deadline $slot) }}
cronJob.activeDeadlineSeconds {{ .activeDeadlineSeconds }} is not shorter than the {{ $slot }} s from one slot of cronJob.schedule {{ .schedule | quote }} to the next. A run that hangs would block the next one.
{{- end }}
{{- if and $slot (not $forbids) (ge $deadline (mulf 2 $slot)) }}
cronJob.activeDeadlineSeconds {{ .activeDeadlineSeconds }} lets three runs decide at once: they begin every {{ $slot }} s by cronJob.schedule {{ .schedule | quote }}. Lower it below {{ mulf 2 $slot }}.
{{- end }}
{{- if and .every (ge $slot 600.0) }}
{{- if lt (float64 .startingDeadlineSeconds) 300.0 }}
cronJob.startingDeadlineSeconds {{ .startingDeadlineSeconds }}: a run that begins a little late would be left out, and the next one is {{ $slot }} s later. Raise it to 300 at least.
{{- end }}
{{- if not .backoffLimit }}
cronJob.backoffLimit 0: nobody would decide from the loss of a pod to the next slot, {{ $slot }} s at most. Set it to 20.
{{- end }}
{{- end }}
{{- end }}
{{- $told := dict "config.defaults" (.Values.config.defaults | default dict) -}}
{{- range $i, $target := .Values.config.targets }}{{ $_ := set $told (printf "config.targets[%d]" $i) $target }}{{ end -}}
{{- range $path, $fields := $told }}
{{- if and $interval $fields.interval (ne (include "prophet-autoscaler.seconds" $fields.interval | float64) $interval) }}
{{ $path }}.interval {{ $fields.interval }} is not the time between two decisions, which is {{ $interval }} s by {{ empty $.Values.cronJob.every | ternary "cronJob.schedule" "cronJob.every" }}. Leave interval out: the chart sets it.
{{- end }}
{{- end }}
{{- end }}
