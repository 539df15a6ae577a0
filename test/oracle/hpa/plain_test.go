// The plain histories: one HPA on utilisation, pods that start and lose samples, usage with drifts and jumps.
package oracle

import (
	"context"
	"fmt"
	"math/rand"
	"testing"
	"testing/synctest"
	"time"

	v2 "k8s.io/api/autoscaling/v2"
	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/kubernetes/pkg/controller/podautoscaler/metrics"
)

func plain(t *testing.T, seed int64) seq {
	r := rand.New(rand.NewSource(seed))
	least, target := int32(1), int32(0)
	s := seq{Seed: seed, Min: &least, Max: int32(5 + r.Intn(40)), Request: 500}
	target = int32(50 + r.Intn(45))
	s.Target = &target
	if r.Intn(2) == 0 {
		w := int32([]int{0, 60, 120, 300}[r.Intn(4)])
		u := int32([]int{0, 0, 30}[r.Intn(3)])
		s.Behav = &v2.HorizontalPodAutoscalerBehavior{
			ScaleUp:   &v2.HPAScalingRules{StabilizationWindowSeconds: &u, Policies: []v2.HPAScalingPolicy{{Type: v2.PodsScalingPolicy, Value: int32(1 + r.Intn(6)), PeriodSeconds: 15}, {Type: v2.PercentScalingPolicy, Value: int32(20 + r.Intn(100)), PeriodSeconds: int32(15 * (1 + r.Intn(4)))}}},
			ScaleDown: &v2.HPAScalingRules{StabilizationWindowSeconds: &w, Policies: []v2.HPAScalingPolicy{{Type: v2.PercentScalingPolicy, Value: int32(10 + r.Intn(90)), PeriodSeconds: 60}}},
		}
		sel := v2.MaxChangePolicySelect
		if r.Intn(3) == 0 {
			sel = v2.MinChangePolicySelect
		}
		s.Behav.ScaleUp.SelectPolicy = &sel
		s.Behav.ScaleDown.SelectPolicy = &sel
	}
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		w := newWorld(ctx, v2.HorizontalPodAutoscalerSpec{MinReplicas: s.Min, MaxReplicas: s.Max, Behavior: s.Behav, Metrics: cpuTarget(s.Target, nil)}, int32(1+r.Intn(5)))
		type life struct {
			start, readyAt int64
			lost           int
		}
		pods := map[string]*life{}
		n := 0
		level, slope := 200+r.Float64()*1500, 0.0
		// grow makes pods match the replicas, gives each a sample (or none) and returns the world the next sync will see
		grow := func(now int64) []pod {
			for int32(len(pods)) < w.replicas {
				n++
				name := fmt.Sprintf("p%03d", n)
				st := now
				if now == 0 {
					st = -600
				}
				lost := 0
				if r.Intn(12) == 0 {
					lost = 1 + r.Intn(6)
				}
				pods[name] = &life{start: st, readyAt: st + 30, lost: lost}
			}
			for int32(len(pods)) > w.replicas {
				del := ""
				for k := range pods {
					if k > del {
						del = k
					}
				}
				delete(pods, del)
				w.remove(del)
			}
			ready := 0
			for _, p := range pods {
				if now >= p.readyAt {
					ready++
				}
			}
			out := []pod{}
			w.fm.m = metrics.PodMetricsInfo{}
			for i := 1; i <= n; i++ {
				name := fmt.Sprintf("p%03d", i)
				p, ok := pods[name]
				if !ok {
					continue
				}
				rd := now >= p.readyAt
				q := pod{Name: name, Start: &p.start, Ready: rd, ReadyAt: p.readyAt}
				if !rd {
					q.ReadyAt = p.start
				}
				w.put(mkpod(q, w.t0, s.Request))
				if rd && p.lost == 0 {
					m := int64(level / float64(max(1, ready)) * (0.9 + 0.2*r.Float64()))
					q.Milli = &m
					w.fm.m[name] = metrics.PodMetric{Timestamp: w.at(now), Window: 15 * time.Second, Value: m}
				}
				if rd && p.lost > 0 {
					p.lost--
				}
				out = append(out, q)
			}
			return out
		}
		go w.run()
		grow(0)
		steps := 20 + r.Intn(41)
		for k := 1; k < steps; k++ {
			now := int64(k) * 15
			w.until(now - 5)
			if r.Intn(8) == 0 {
				slope = (r.Float64() - .5) * 400
			}
			if r.Intn(15) == 0 {
				level *= .3 + 2*r.Float64()
			}
			level = max(50, min(20000, level+slope))
			before := w.replicas
			pods := grow(now)
			synctest.Wait()
			w.until(now + 5)
			synctest.Wait()
			s.Steps = append(s.Steps, step{T: now, Before: before, Pods: pods, After: w.replicas})
		}
		cancel()
		synctest.Wait()
		time.Sleep(time.Minute)
	})
	return s
}

// cpuTarget is the one metric of an HPA: a utilisation in percent or an average value in milli.
func cpuTarget(utilization *int32, averageMilli *int64) []v2.MetricSpec {
	target := v2.MetricTarget{Type: v2.UtilizationMetricType, AverageUtilization: utilization}
	if averageMilli != nil {
		target = v2.MetricTarget{Type: v2.AverageValueMetricType, AverageValue: resource.NewMilliQuantity(*averageMilli, resource.DecimalSI)}
	}
	return []v2.MetricSpec{{Type: v2.ResourceMetricSourceType, Resource: &v2.ResourceMetricSource{Name: v1.ResourceCPU, Target: target}}}
}

// mkpod is the Kubernetes pod of a line of the history.
func mkpod(q pod, t0 time.Time, request int64) *v1.Pod {
	stamp := func(second int64) *metav1.Time {
		t := metav1.NewTime(t0.Add(time.Duration(second) * time.Second))
		return &t
	}
	if q.Request != nil {
		request = *q.Request
	}
	p := &v1.Pod{ObjectMeta: metav1.ObjectMeta{Name: q.Name, Namespace: "n", Labels: map[string]string{"app": "web"}},
		Spec:   v1.PodSpec{Containers: []v1.Container{{Name: "c", Resources: v1.ResourceRequirements{Requests: v1.ResourceList{v1.ResourceCPU: *resource.NewMilliQuantity(request, resource.DecimalSI)}}}}},
		Status: v1.PodStatus{Phase: v1.PodRunning}}
	if q.memory != nil {
		p.Spec.Containers[0].Resources.Requests[v1.ResourceMemory] = *resource.NewMilliQuantity(*q.memory, resource.BinarySI)
	}
	if q.Phase != "" {
		p.Status.Phase = v1.PodPhase(q.Phase)
	}
	if q.Deleted {
		p.DeletionTimestamp = stamp(0)
	}
	if q.Start != nil {
		p.Status.StartTime = stamp(*q.Start)
	}
	if q.Ready != nil {
		c := v1.PodCondition{Type: v1.PodReady, Status: v1.ConditionFalse, LastTransitionTime: *stamp(q.ReadyAt)}
		if q.Ready == true {
			c.Status = v1.ConditionTrue
		} else if q.Ready == "Unknown" {
			c.Status = v1.ConditionUnknown
		}
		p.Status.Conditions = []v1.PodCondition{c}
	}
	return p
}
