// The wide histories: specs, behaviors and hand-made changes of every kind around the controller.
package oracle

import (
	"context"
	"math/rand"
	"testing"
	"testing/synctest"
	"time"

	v2 "k8s.io/api/autoscaling/v2"
	"k8s.io/apimachinery/pkg/api/resource"
	defaults "k8s.io/kubernetes/pkg/apis/autoscaling/v2"
)

func pick[T any](r *rand.Rand, from ...T) T { return from[r.Intn(len(from))] }

func ptr[T any](v T) *T { return &v }

// rules is one direction of a behavior as a user may write it: any field may be left out.
func rules(r *rand.Rand, down bool) *v2.HPAScalingRules {
	if r.Intn(6) == 0 {
		return nil
	}
	x := &v2.HPAScalingRules{}
	if r.Intn(4) > 0 {
		x.StabilizationWindowSeconds = ptr(pick[int32](r, 0, 0, 10, 15, 30, 60, 120, 300, 600))
	}
	if r.Intn(5) > 0 {
		for i := 1 + r.Intn(3); i > 0; i-- {
			p := v2.HPAScalingPolicy{Type: v2.PodsScalingPolicy, Value: int32(1 + r.Intn(8)), PeriodSeconds: pick[int32](r, 1, 10, 15, 30, 45, 60, 90, 120, 300, 600)}
			if r.Intn(2) == 0 {
				p.Type, p.Value = v2.PercentScalingPolicy, int32(5+r.Intn(150))
				if down && r.Intn(10) > 0 {
					p.Value = int32(1 + r.Intn(100))
				}
			}
			x.Policies = append(x.Policies, p)
		}
	}
	if r.Intn(4) > 0 {
		x.SelectPolicy = ptr(pick(r, v2.MaxChangePolicySelect, v2.MaxChangePolicySelect, v2.MaxChangePolicySelect, v2.MinChangePolicySelect, v2.MinChangePolicySelect, v2.MinChangePolicySelect, v2.DisabledPolicySelect))
	}
	if r.Intn(3) == 0 {
		x.Tolerance = resource.NewMilliQuantity(pick[int64](r, 0, 10, 20, 50, 100, 150, 200, 300, int64(r.Intn(500))), resource.DecimalSI)
	}
	return x
}

func behavior(r *rand.Rand) *v2.HorizontalPodAutoscalerBehavior {
	return &v2.HorizontalPodAutoscalerBehavior{ScaleUp: rules(r, false), ScaleDown: rules(r, true)}
}

// spec is the HPA's spec with the API server's defaults for behavior; minReplicas stays unset if it is.
func spec(least *int32, most int32, metrics []v2.MetricSpec, b *v2.HorizontalPodAutoscalerBehavior) v2.HorizontalPodAutoscalerSpec {
	h := v2.HorizontalPodAutoscaler{Spec: v2.HorizontalPodAutoscalerSpec{MinReplicas: least, MaxReplicas: most, Behavior: b.DeepCopy(), Metrics: metrics}}
	defaults.SetDefaults_HorizontalPodAutoscalerBehavior(&h)
	return h.Spec
}

// aim picks a utilisation (percent of the request) or an average value (milli).
func aim(r *rand.Rand, request int64) (*int32, *int64) {
	if r.Intn(3) == 0 {
		return nil, ptr(request * int64(30+r.Intn(90)) / 100)
	}
	if r.Intn(8) == 0 {
		return ptr(int32(100 + r.Intn(100))), nil
	}
	return ptr(int32(30 + r.Intn(70))), nil
}

func bounds(r *rand.Rand) (*int32, int32) {
	most := int32(2 + r.Intn(30))
	if r.Intn(50) == 0 {
		most = 120
	}
	if r.Intn(6) == 0 {
		return nil, most
	}
	return ptr(int32(1 + r.Intn(int(1+most/3)))), most
}

// hand changes the spec or the replicas now and then, and says in the step what it changed.
func hand(r *rand.Rand, w *world, s *step, request int64, most *int32) {
	if w.replicas == 0 && r.Intn(4) == 0 || r.Intn(40) == 0 {
		w.replicas = int32(r.Intn(int(*most)*13/10 + 2))
	}
	if r.Intn(120) == 0 {
		w.replicas = 0
	}
	if r.Intn(50) == 0 {
		s.Min, s.Max = bounds2(r)
		*most = *s.Max
		w.edit(func(h *v2.HorizontalPodAutoscalerSpec) { h.MinReplicas, h.MaxReplicas = s.Min, *s.Max })
	}
	if r.Intn(80) == 0 {
		s.Behav = behavior(r)
		w.edit(func(h *v2.HorizontalPodAutoscalerSpec) { h.Behavior = spec(nil, 1, nil, s.Behav).Behavior })
	}
	if r.Intn(80) == 0 {
		s.Target, s.AverageMilli = aim(r, request)
		w.edit(func(h *v2.HorizontalPodAutoscalerSpec) { h.Metrics = cpuTarget(s.Target, s.AverageMilli) })
	}
}

// bounds2 are bounds that a step can say: both set.
func bounds2(r *rand.Rand) (*int32, *int32) {
	least, most := bounds(r)
	if least == nil {
		least = ptr(int32(1))
	}
	return least, &most
}

func wide(t *testing.T, seed int64) seq {
	r := rand.New(rand.NewSource(seed ^ 0x5eed))
	s := seq{Seed: seed, Request: pick[int64](r, 7, 33, 100, 250, 500, 1000)}
	s.Min, s.Max = bounds(r)
	s.Target, s.AverageMilli = aim(r, s.Request)
	if r.Intn(4) > 0 {
		s.Behav = behavior(r)
	}
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		w := newWorld(ctx, spec(s.Min, s.Max, cpuTarget(s.Target, s.AverageMilli), s.Behav), int32(1+r.Intn(int(s.Max)*12/10)))
		f := newFleet(r, w, s.Request)
		f.match(0)
		go w.run()
		load := newLoad(r)
		most, failing := s.Max, 0
		steps := pick(r, 20, 30, 30, 40, 40, 60, 110)
		for k := 1; k <= steps; k++ {
			now := int64(k) * 15
			w.until(now - 5)
			x := step{T: now}
			hand(r, w, &x, s.Request, &most)
			x.Before = w.replicas
			f.match(now)
			x.Pods = f.sample(now, load.next(float64(most)*float64(s.Request)))
			if r.Intn(40) == 0 {
				failing = pick(r, 1, 2, 3, 6, 12, 25)
			}
			if failing > 0 {
				failing--
				x.MetricsError, w.fm.m = true, nil
			} else if r.Intn(30) == 0 {
				x.Orphans = f.orphans(now)
			}
			synctest.Wait()
			w.until(now + 5)
			synctest.Wait()
			x.After, x.Conditions = w.replicas, w.conditions()
			s.Steps = append(s.Steps, x)
		}
		cancel()
		synctest.Wait()
		time.Sleep(time.Minute)
	})
	return s
}

// load is the demand in milli: drifts, jumps, silences.
type load struct {
	r            *rand.Rand
	share, slope float64
	silent       int
}

func newLoad(r *rand.Rand) *load { return &load{r: r, share: .1 + r.Float64()*.6} }

func (l *load) next(full float64) float64 {
	if l.r.Intn(8) == 0 {
		l.slope = (l.r.Float64() - .5) * .1
	}
	if l.r.Intn(15) == 0 {
		l.share *= .3 + 2*l.r.Float64()
	}
	if l.r.Intn(6) == 0 {
		l.slope = 0
	}
	if l.r.Intn(80) == 0 {
		l.silent = 1 + l.r.Intn(30)
	}
	l.share = max(.01, min(1.3, l.share+l.slope))
	if l.silent--; l.silent > 0 {
		return 0
	}
	return full * l.share
}
