// One world for the real HorizontalController: fake clients, fake metrics, fake time; the histories change it between the syncs.
package oracle

import (
	"context"
	"fmt"
	"regexp"
	"testing/synctest"
	"time"

	autoscalingv1 "k8s.io/api/autoscaling/v1"
	v2 "k8s.io/api/autoscaling/v2"
	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes/fake"
	scalefake "k8s.io/client-go/scale/fake"
	core "k8s.io/client-go/testing"
	"k8s.io/kubernetes/pkg/controller"
	"k8s.io/kubernetes/pkg/controller/podautoscaler"
	"k8s.io/kubernetes/pkg/controller/podautoscaler/metrics"
)

// fakeMetrics answers with m (CPU) and with pods and values by the metric's name; what is empty is an error, as with the real metrics client.
type fakeMetrics struct {
	m      metrics.PodMetricsInfo
	pods   map[string]metrics.PodMetricsInfo // memory and metrics of type Pods
	values map[string][]int64                // metrics of type Object and External
}

// copied, since the controller changes the map it is given
func copied(m metrics.PodMetricsInfo) (metrics.PodMetricsInfo, time.Time, error) {
	if len(m) == 0 {
		return nil, time.Time{}, fmt.Errorf("no metrics")
	}
	c := metrics.PodMetricsInfo{}
	for k, v := range m {
		c[k] = v
	}
	return c, time.Now(), nil
}
func (f *fakeMetrics) GetResourceMetric(_ context.Context, resource v1.ResourceName, _ string, _ labels.Selector, _ string) (metrics.PodMetricsInfo, time.Time, error) {
	if resource != v1.ResourceCPU {
		return copied(f.pods[string(resource)])
	}
	return copied(f.m)
}
func (f *fakeMetrics) GetRawMetric(name string, _ string, _ labels.Selector, _ labels.Selector) (metrics.PodMetricsInfo, time.Time, error) {
	return copied(f.pods[name])
}
func (f *fakeMetrics) GetObjectMetric(name string, _ string, _ *v2.CrossVersionObjectReference, _ labels.Selector) (int64, time.Time, error) {
	if len(f.values[name]) == 0 {
		return 0, time.Time{}, fmt.Errorf("no metrics")
	}
	return f.values[name][0], time.Now(), nil
}
func (f *fakeMetrics) GetExternalMetric(name string, _ string, _ labels.Selector) ([]int64, time.Time, error) {
	if len(f.values[name]) == 0 {
		return nil, time.Time{}, fmt.Errorf("no metrics")
	}
	return f.values[name], time.Now(), nil
}

type world struct {
	ctx      context.Context
	cs       *fake.Clientset
	fm       *fakeMetrics
	t0       time.Time
	replicas int32
	status   *int32 // status.replicas of the scale; nil: as many as the spec's
	events   int
	run      func()
}

// newWorld makes the clients and the controller with its default settings; run starts it, its syncs are at 15, 30, ... s.
func newWorld(ctx context.Context, spec v2.HorizontalPodAutoscalerSpec, replicas int32) *world {
	spec.ScaleTargetRef = v2.CrossVersionObjectReference{APIVersion: "apps/v1", Kind: "Deployment", Name: "web"}
	hpa := &v2.HorizontalPodAutoscaler{ObjectMeta: metav1.ObjectMeta{Name: "h", Namespace: "n"}, Spec: spec}
	w := &world{ctx: ctx, cs: fake.NewSimpleClientset(hpa), fm: &fakeMetrics{}, t0: time.Now(), replicas: replicas}
	sc := &scalefake.FakeScaleClient{}
	get := func() *autoscalingv1.Scale {
		status := w.replicas
		if w.status != nil {
			status = *w.status
		}
		return &autoscalingv1.Scale{ObjectMeta: metav1.ObjectMeta{Name: "web", Namespace: "n"},
			Spec: autoscalingv1.ScaleSpec{Replicas: w.replicas}, Status: autoscalingv1.ScaleStatus{Replicas: status, Selector: "app=web"}}
	}
	sc.AddReactor("get", "deployments", func(core.Action) (bool, runtime.Object, error) { return true, get(), nil })
	sc.AddReactor("update", "deployments", func(a core.Action) (bool, runtime.Object, error) {
		w.replicas = a.(core.UpdateAction).GetObject().(*autoscalingv1.Scale).Spec.Replicas
		return true, get(), nil
	})
	mapper := meta.NewDefaultRESTMapper([]schema.GroupVersion{{Group: "apps", Version: "v1"}})
	mapper.Add(schema.GroupVersionKind{Group: "apps", Version: "v1", Kind: "Deployment"}, meta.RESTScopeNamespace)
	inf := informers.NewSharedInformerFactory(w.cs, controller.NoResyncPeriodFunc())
	c := podautoscaler.NewHorizontalController(ctx, w.cs.CoreV1(), sc, w.cs.AutoscalingV2(), mapper, w.fm, inf.Autoscaling().V2().HorizontalPodAutoscalers(), inf.Core().V1().Pods(),
		15*time.Second, 300*time.Second, 0.1, 300*time.Second, 30*time.Second)
	inf.Start(ctx.Done())
	w.run = func() { c.Run(ctx, 1) }
	return w
}

func (w *world) at(second int64) time.Time { return w.t0.Add(time.Duration(second) * time.Second) }

func (w *world) until(second int64) { time.Sleep(time.Until(w.at(second))) }

// drain lets the pod watch be read now and then: the fake one holds 100 unread events and panics at the next.
func (w *world) drain() {
	if w.events++; w.events%40 == 0 {
		synctest.Wait()
	}
}

// put makes the pod so, new or not.
func (w *world) put(p *v1.Pod) {
	w.drain()
	if _, err := w.cs.CoreV1().Pods("n").Update(w.ctx, p, metav1.UpdateOptions{}); err != nil {
		if _, err := w.cs.CoreV1().Pods("n").Create(w.ctx, p, metav1.CreateOptions{}); err != nil {
			panic(err)
		}
	}
}

func (w *world) remove(name string) {
	w.drain()
	if err := w.cs.CoreV1().Pods("n").Delete(w.ctx, name, metav1.DeleteOptions{}); err != nil {
		panic(err)
	}
}

// edit changes the HPA's spec as a user would.
func (w *world) edit(change func(*v2.HorizontalPodAutoscalerSpec)) {
	h := w.hpa()
	change(&h.Spec)
	if _, err := w.cs.AutoscalingV2().HorizontalPodAutoscalers("n").Update(w.ctx, h, metav1.UpdateOptions{}); err != nil {
		panic(err)
	}
}

func (w *world) hpa() *v2.HorizontalPodAutoscaler {
	h, err := w.cs.AutoscalingV2().HorizontalPodAutoscalers("n").Get(w.ctx, "h", metav1.GetOptions{})
	if err != nil {
		panic(err)
	}
	return h.DeepCopy()
}

// conditions of the HPA's status, type -> reason; their status follows from the reason.
func (w *world) conditions() map[string]string {
	out := map[string]string{}
	for _, c := range w.hpa().Status.Conditions {
		out[string(c.Type)] = c.Reason
	}
	return out
}

// computed is what the sync did with the metrics: the one that asked for the most, if it was used, and those that gave nothing.
func (w *world) computed(specs []metric) (string, []string) {
	h := w.hpa()
	if len(h.Status.CurrentMetrics) != len(specs) {
		return "", nil // no metric was asked in this sync
	}
	largest, invalid := "", []string{}
	for i, m := range h.Status.CurrentMetrics {
		if m.Type == "" {
			invalid = append(invalid, specs[i].Name)
		}
	}
	for _, c := range h.Status.Conditions {
		if found := fromMetric.FindStringSubmatch(c.Message); c.Reason == "ValidMetricFound" && found != nil {
			largest = found[1] + found[2]
		}
	}
	return largest, invalid
}

// fromMetric finds the metric's name in the message of ScalingActive.
var fromMetric = regexp.MustCompile(`from (?:\w+ metric (\w+)|(\w+) resource)`)
