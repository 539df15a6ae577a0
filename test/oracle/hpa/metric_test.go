// A metric of the histories of several: its spec, its demand, and when it is missing.
package oracle

import (
	"fmt"
	"math/rand"
	"slices"

	v2 "k8s.io/api/autoscaling/v2"
	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

// metric as a history says it; the target is in percent (averageUtilization) or in milli (averageValue, value).
type metric struct {
	Type   v2.MetricSourceType `json:"type"`
	Name   string              `json:"name"`
	Target map[string]int64    `json:"target"`
}

// series is what drives a metric: the demand, and how long it is missing still.
type series struct {
	metric
	load *load
	gone int
}

func (m metric) ofPods() bool {
	return m.Type == v2.ResourceMetricSourceType || m.Type == v2.PodsMetricSourceType
}

func hasValues(list []metric) bool {
	return slices.ContainsFunc(list, func(m metric) bool { return !m.ofPods() })
}

// source picks a metric: CPU or memory once each, the others as often as they come.
func source(r *rand.Rand, i int, taken map[string]bool, request int64, memory int64) metric {
	kind := pick(r, v2.ResourceMetricSourceType, v2.ResourceMetricSourceType, v2.PodsMetricSourceType, v2.ObjectMetricSourceType, v2.ExternalMetricSourceType, v2.ExternalMetricSourceType)
	unit := pick[int64](r, 7, 500, 3000, 20_000)
	switch kind {
	case v2.ResourceMetricSourceType:
		name, of := "cpu", request
		if taken["cpu"] || r.Intn(3) == 0 {
			name, of = "memory", memory
		}
		if !taken[name] {
			taken[name] = true
			if r.Intn(2) == 0 {
				return metric{kind, name, map[string]int64{"averageUtilization": pick[int64](r, 40, 50, 70, 80, 130)}}
			}
			return metric{kind, name, map[string]int64{"averageValue": max(1, of*int64(30+r.Intn(90))/100)}}
		}
		kind = v2.ExternalMetricSourceType
	case v2.PodsMetricSourceType:
		return metric{kind, fmt.Sprintf("pods%d", i), map[string]int64{"averageValue": unit}}
	}
	name := map[v2.MetricSourceType]string{v2.ObjectMetricSourceType: "object", v2.ExternalMetricSourceType: "external"}[kind]
	return metric{kind, fmt.Sprintf("%s%d", name, i), map[string]int64{pick(r, "value", "averageValue"): unit}}
}

func sources(r *rand.Rand, request int64, memory int64) []metric {
	out, taken := []metric{}, map[string]bool{}
	for n := pick(r, 1, 2, 2, 2, 3, 3); len(out) < n; {
		out = append(out, source(r, len(out), taken, request, memory))
	}
	return out
}

// specs are the metrics as Kubernetes has them.
func specs(list []metric) []v2.MetricSpec {
	out := []v2.MetricSpec{}
	for _, m := range list {
		t := v2.MetricTarget{}
		for k, v := range m.Target {
			switch k {
			case "averageUtilization":
				t.Type, t.AverageUtilization = v2.UtilizationMetricType, ptr(int32(v))
			case "averageValue":
				t.Type, t.AverageValue = v2.AverageValueMetricType, resource.NewMilliQuantity(v, resource.DecimalSI)
			case "value":
				t.Type, t.Value = v2.ValueMetricType, resource.NewMilliQuantity(v, resource.DecimalSI)
			}
		}
		s := v2.MetricSpec{Type: m.Type}
		id := v2.MetricIdentifier{Name: m.Name}
		switch m.Type {
		case v2.ResourceMetricSourceType:
			s.Resource = &v2.ResourceMetricSource{Name: v1.ResourceName(m.Name), Target: t}
		case v2.PodsMetricSourceType:
			s.Pods = &v2.PodsMetricSource{Metric: id, Target: t}
		case v2.ObjectMetricSourceType:
			s.Object = &v2.ObjectMetricSource{Metric: id, Target: t, DescribedObject: v2.CrossVersionObjectReference{APIVersion: "networking.k8s.io/v1", Kind: "Ingress", Name: "i"}}
		case v2.ExternalMetricSourceType:
			s.External = &v2.ExternalMetricSource{Metric: id, Target: t}
		}
		out = append(out, s)
	}
	return out
}

// full is the demand that asks for all replicas at most; of a Value it is one and a half times the target.
func (m metric) full(most int32, request int64, memory int64) float64 {
	if v, ok := m.Target["value"]; ok {
		return float64(v) * 1.5
	}
	if v, ok := m.Target["averageValue"]; ok {
		return float64(v) * float64(most)
	}
	if m.Name == "memory" {
		return float64(memory) * float64(most)
	}
	return float64(request) * float64(most)
}

// missing lets the metric be away for a while now and then.
func (x *series) missing(r *rand.Rand, all bool) bool {
	if all || r.Intn(30) == 0 {
		x.gone = pick(r, 1, 2, 3, 6, 12, 25)
	}
	x.gone--
	return x.gone >= 0
}
