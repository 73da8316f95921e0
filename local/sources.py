"""The event sources of the description, as pollers: what Lambda's event source mappings are in AWS."""

from functools import partial
from pathlib import Path

from infra.description import Deployment, Function, QueueSource, StreamSource
from local import discarded
from local.aws import Clients
from local.faults import Faults
from local.functions import Functions
from local.queues import QueuePoller
from local.resources import Resources, queue_arn
from local.streams import StreamPoller
from local.traffic import Traffic


class Sources:
    """`queues` and `streams` of all functions, not yet started. Streams keep their place in the folder `places`."""

    def __init__(
        self,
        description: Deployment,
        resources: Resources,
        aws: Clients,
        functions: Functions,
        faults: Faults,
        traffic: Traffic,
    ) -> None:
        self._description, self._resources, self._aws = description, resources, aws
        self._functions, self._faults, self._traffic = functions, faults, traffic

    def queues(self, retry_s: float) -> list[QueuePoller]:
        return [self._queue(f, source, retry_s) for f in self._description.functions for source in f.queues]

    def streams(self, places: Path) -> list[StreamPoller]:
        return [self._stream(f, source, places) for f in self._description.functions for source in f.streams]

    def _queue(self, function: Function, source: QueueSource, retry_s: float) -> QueuePoller:
        url = self._resources.queue_urls[source.queue]
        invoke = partial(self._functions.invoke, function.name)
        return QueuePoller(self._aws.sqs, url, queue_arn(url, self._aws), source, invoke, self._faults, retry_s)

    def _stream(self, function: Function, source: StreamSource, places: Path) -> StreamPoller:
        table = self._aws.dynamodb.describe_table(TableName=source.table)["Table"]
        return StreamPoller(
            self._aws.streams,
            table["LatestStreamArn"],
            source,
            partial(self._functions.invoke, function.name),
            partial(discarded.keep, self._aws.s3, self._resources.bucket, source.failures_prefix, function.name),
            self._faults,
            places / f"{function.name}-{source.table}.json",
            partial(self._traffic.written, f"table:{source.table}"),
        )
