"""What Prometheus may know: how many wait and run, how runs end and how long they take, and what is kept."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.metrics_core import CounterMetricFamily
from prometheus_client.registry import Collector

from tapedeck.jobs import Engine
from tapedeck.sandbox import AnySandbox
from tapedeck.store import Entry, TapeStore

SECONDS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30)


class Metrics:
    """The counters of one application, in a registry of its own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._runs = Counter("tapedeck_runs", "Ended runs by outcome.", ["status"], registry=self._registry)
        self._waited = self._seconds("tapedeck_run_waited_seconds", "Time that runs waited for their turn.")
        self._ran = self._seconds("tapedeck_run_seconds", "Time that runs took, from their turn to their tape.")
        self._requests = Counter(
            "tapedeck_http_requests", "Answered requests.", ["method", "route", "status"], registry=self._registry
        )

    def run_ended(self, _: Entry, status: str, waited_s: float, ran_s: float) -> None:
        """Count an ended run."""
        self._runs.labels(status).inc()
        self._waited.observe(waited_s)
        self._ran.observe(ran_s)

    def answered(self, method: str, route: str, status: int) -> None:
        """Count an answered request."""
        self._requests.labels(method, route, str(status)).inc()

    def watch(self, engine: Engine, sandbox: AnySandbox, store: TapeStore) -> None:
        """Ask these whenever the metrics are asked for."""
        self._registry.register(_Now(engine, sandbox, store))

    def text(self) -> bytes:
        """All of it, in Prometheus' text format. Blocking: the store counts."""
        return generate_latest(self._registry)

    def _seconds(self, name: str, says: str) -> Histogram:
        return Histogram(name, says, buckets=SECONDS, registry=self._registry)


class _Now(Collector):
    """What is true at the moment."""

    def __init__(self, engine: Engine, sandbox: AnySandbox, store: TapeStore) -> None:
        self._engine = engine
        self._sandbox = sandbox
        self._store = store

    def describe(self) -> list[Metric]:
        """Nothing in advance: registering must not ask the store."""
        return []

    def collect(self) -> Iterator[Metric]:
        """The gauges."""
        running, waiting = self._engine.depth
        kept = self._store.usage()
        yield GaugeMetricFamily("tapedeck_queue_depth", "Runs that wait for their turn.", waiting)
        yield GaugeMetricFamily("tapedeck_running", "Runs under way.", running)
        yield GaugeMetricFamily("tapedeck_ready", "Whether programs can be recorded.", float(self._sandbox.ready))
        yield GaugeMetricFamily("tapedeck_tapes", "Recordings that are kept.", kept.tapes)
        yield GaugeMetricFamily("tapedeck_tapes_bytes", "Bytes they take.", kept.bytes)
        yield CounterMetricFamily(
            "tapedeck_zygote_restarts", "How often the fork server was replaced.", self._sandbox.restarts
        )
