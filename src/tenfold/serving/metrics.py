"""What the service counts, in the form that Prometheus reads."""

import os
from dataclasses import dataclass

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from tenfold.serving.settings import SHARED

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
PICTURES = (1, 2, 4, 8, 16, 32, 64)


@dataclass(frozen=True)
class Metrics:
    """The counters of one process, or of all workers where SHARED is set."""

    registry: CollectorRegistry
    requests: Counter
    seconds: Histogram
    batch: Histogram
    queue: Gauge
    in_progress: Gauge

    def text(self) -> tuple[bytes, str]:
        """All figures as Prometheus scrapes them, and their content type."""
        registry = self.registry
        if SHARED in os.environ:
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry), CONTENT_TYPE_LATEST


def make_metrics() -> Metrics:
    """Fresh counters in a registry of their own, so that two services in one process do not mix."""
    registry = CollectorRegistry()
    return Metrics(
        registry=registry,
        requests=Counter("tenfold_requests", "Requests answered", ("path", "code"), registry=registry),
        seconds=Histogram(
            "tenfold_request_seconds", "From first byte to answer", ("path",), registry=registry, buckets=SECONDS
        ),
        batch=Histogram("tenfold_batch_size", "Pictures that were read together", registry=registry, buckets=PICTURES),
        queue=Gauge("tenfold_queue", "Pictures waiting", registry=registry, multiprocess_mode="livesum"),
        in_progress=Gauge("tenfold_in_progress", "Requests being answered", registry=registry, multiprocess_mode="livesum"),
    )
