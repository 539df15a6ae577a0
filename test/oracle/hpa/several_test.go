// The histories of several metrics: CPU, memory, the pods' own, objects' and external ones, some of them missing; with the gate HPAScaleToZero, or without.
package oracle

import (
	"context"
	"fmt"
	"math"
	"math/rand"
	"testing"
	"testing/synctest"
	"time"

	v2 "k8s.io/api/autoscaling/v2"
	utilfeature "k8s.io/apiserver/pkg/util/feature"
	"k8s.io/kubernetes/pkg/controller/podautoscaler/metrics"
)

// crowd is a history of several metrics on its way.
type crowd struct {
	r      *rand.Rand
	w      *world
	f      *fleet
	s      *seq
	list   []*series
	most   int32
	memory int64
	calm   bool // no metric is missing, so that it may go to 0
	lags   bool // status.replicas is what the cluster has, not what the spec says
}

func several(t *testing.T, seed int64) seq {
	r := rand.New(rand.NewSource(seed ^ 0x3e7a1))
	s := seq{Seed: seed, Request: pick[int64](r, 100, 250, 500)}
	memory, patchy := pick[int64](r, 64_000_000_000, 512_000_000_000, 64<<40), r.Intn(4) == 0
	if !patchy {
		s.Memory = &memory
	}
	s.ScaleToZero = r.Intn(3) == 0
	s.Min, s.Max = zeroBounds(r, s.ScaleToZero)
	s.Metrics = sources(r, s.Request, memory)
	for s.ScaleToZero && seed%4 > 0 && !hasValues(s.Metrics) {
		s.Metrics = sources(r, s.Request, memory)
	}
	if r.Intn(2) == 0 {
		s.Behav = behavior(r)
		if s.ScaleToZero && s.Behav.ScaleDown != nil {
			s.Behav.ScaleDown.StabilizationWindowSeconds = ptr(pick[int32](r, 0, 30, 60))
		}
	}
	gate := fmt.Sprintf("HPAScaleToZero=%v", s.ScaleToZero)
	if err := utilfeature.DefaultMutableFeatureGate.Set(gate); err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		w := newWorld(ctx, spec(s.Min, s.Max, specs(s.Metrics), s.Behav), int32(1+r.Intn(int(s.Max))))
		c := &crowd{r: r, w: w, f: newFleet(r, w, s.Request), s: &s, most: s.Max, memory: memory, lags: r.Intn(2) == 0}
		c.f.memory, c.f.patchy = &memory, patchy
		c.calm = s.ScaleToZero && seed%3 > 0
		c.drive(s.Metrics)
		c.f.match(0)
		go w.run()
		steps := pick(r, 12, 16, 24, 40)
		if s.ScaleToZero {
			steps = 40 // long enough to leave a window of 300 s and to come back
		}
		for k := 1; k <= steps; k++ {
			now := int64(k) * 15
			w.until(now - 5)
			x := step{T: now}
			c.hand(&x)
			x.Before = w.replicas
			c.f.match(now)
			c.see(&x, now)
			synctest.Wait()
			w.until(now + 5)
			synctest.Wait()
			x.After, x.Conditions = w.replicas, w.conditions()
			x.Metric, x.Invalid = w.computed(c.metrics())
			s.Steps = append(s.Steps, x)
		}
		cancel()
		synctest.Wait()
		time.Sleep(time.Minute)
	})
	return s
}

// zeroBounds are small, so that a line stays short, and begin at 0 where the gate is on, or seldom where it is not.
func zeroBounds(r *rand.Rand, gate bool) (*int32, int32) {
	most := int32(2 + r.Intn(9))
	if gate && r.Intn(4) > 0 || r.Intn(8) == 0 {
		return ptr(int32(0)), most
	}
	if r.Intn(6) == 0 {
		return nil, most
	}
	return ptr(int32(1 + r.Intn(int(1+most/3)))), most
}

func (c *crowd) drive(list []metric) {
	c.list = nil
	for _, m := range list {
		c.list = append(c.list, &series{metric: m, load: newLoad(c.r)})
	}
}

func (c *crowd) metrics() []metric {
	out := []metric{}
	for _, x := range c.list {
		out = append(out, x.metric)
	}
	return out
}

// hand changes the spec or the replicas now and then, and says in the step what it changed.
func (c *crowd) hand(x *step) {
	r, w := c.r, c.w
	if w.replicas == 0 && r.Intn(12) == 0 || r.Intn(40) == 0 {
		w.replicas = int32(r.Intn(int(c.most)*13/10 + 2))
	}
	if r.Intn(150) == 0 {
		w.replicas = 0
	}
	if r.Intn(30) == 0 || w.replicas == 0 && c.s.ScaleToZero && r.Intn(4) == 0 {
		least, most := zeroBounds(r, c.s.ScaleToZero)
		if least == nil {
			least = ptr(int32(1))
		}
		x.Min, x.Max, c.most = least, &most, most
		w.edit(func(h *v2.HorizontalPodAutoscalerSpec) { h.MinReplicas, h.MaxReplicas = x.Min, most })
	}
	if r.Intn(80) == 0 {
		x.Behav = behavior(r)
		w.edit(func(h *v2.HorizontalPodAutoscalerSpec) { h.Behavior = spec(nil, 1, nil, x.Behav).Behavior })
	}
	if r.Intn(60) == 0 || w.replicas == 0 && r.Intn(20) == 0 {
		x.Metrics = sources(r, c.s.Request, c.memory)
		c.drive(x.Metrics)
		w.edit(func(h *v2.HorizontalPodAutoscalerSpec) { h.Metrics = specs(x.Metrics) })
	}
	if c.s.ScaleToZero && c.list[0].load.silent < -4 && r.Intn(4) == 0 {
		silent := pick(r, 6, 15, 25)
		for _, s := range c.list {
			s.load.silent = silent
		}
	}
}

// see fills the metrics that the next sync asks, and says in the step what they are.
func (c *crowd) see(x *step, now int64) {
	w := c.w
	w.fm.pods, w.fm.values = map[string]metrics.PodMetricsInfo{}, map[string][]int64{}
	x.Values = map[string][]int64{}
	var cpu *series
	all := c.r.Intn(50) == 0
	down := c.r.Intn(40) == 0
	demands := map[string]float64{}
	for _, s := range c.list {
		demand := s.load.next(s.full(c.most, c.s.Request, c.memory))
		missing := s.missing(c.r, all) && !c.calm
		switch {
		case s.Type == v2.ResourceMetricSourceType && s.Name == "cpu":
			cpu = s
			x.Pods = c.f.sample(now, demand)
			if missing || down {
				c.loseCPU(x)
			}
		case s.ofPods() && !missing:
			demands[s.Name] = demand
		case !s.ofPods() && !missing:
			w.fm.values[s.Name] = c.split(s, demand)
			x.Values[s.Name] = w.fm.values[s.Name]
		}
	}
	if cpu == nil {
		x.Pods = c.f.sample(now, 0)
		c.loseCPU(x)
	}
	x.MetricsError = down
	c.podValues(x, demands)
	if c.lags {
		w.status = ptr(int32(0))
		for _, l := range c.f.pods {
			if l.counts() {
				*w.status++
			}
		}
		if *w.status != x.Before {
			x.Status = ptr(*w.status)
		}
	}
}

// loseCPU takes the CPU samples away again.
func (c *crowd) loseCPU(x *step) {
	c.w.fm.m = nil
	for i := range x.Pods {
		x.Pods[i].Milli, x.Pods[i].At, x.Pods[i].Window = nil, nil, nil
	}
}

// podValues gives most pods a sample of each metric, and now and then one to a pod that is gone.
func (c *crowd) podValues(x *step, demands map[string]float64) {
	for _, s := range c.list {
		demand, ok := demands[s.Name]
		if !ok {
			continue
		}
		info := metrics.PodMetricsInfo{}
		each := demand / float64(max(1, len(x.Pods)))
		for i := range x.Pods {
			if c.r.Intn(12) == 0 {
				continue
			}
			if x.Pods[i].Values == nil {
				x.Pods[i].Values = map[string]int64{}
			}
			v := short(each * pick(c.r, .9, 1, 1, 1.1))
			x.Pods[i].Values[s.Name] = v
			info[x.Pods[i].Name] = metrics.PodMetric{Value: v}
		}
		if c.r.Intn(20) == 0 {
			v := short(each)
			info["gone"] = metrics.PodMetric{Value: v}
			if x.OrphanValues == nil {
				x.OrphanValues = map[string][]int64{}
			}
			x.OrphanValues[s.Name] = []int64{v}
		}
		if !x.MetricsError || s.Type != v2.ResourceMetricSourceType {
			c.w.fm.pods[s.Name] = info
		}
	}
}

// split makes a demand one series, or a few of an external metric; a difference of counters may be below zero.
func (c *crowd) split(s *series, demand float64) []int64 {
	if c.r.Intn(60) == 0 {
		demand = -demand
	}
	if s.Type == v2.ExternalMetricSourceType && c.r.Intn(4) == 0 {
		return []int64{short(demand * pick(c.r, .7, .7, .7, -.1)), short(demand * .2), short(demand * .1)}
	}
	return []int64{short(demand)}
}

// short rounds to two digits, for a file that packs well.
func short(x float64) int64 {
	step := math.Pow(10, math.Max(0, math.Floor(math.Log10(math.Max(1, math.Abs(x))))-1))
	return int64(math.Round(x/step) * step)
}
