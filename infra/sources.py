"""What wakes the Lambdas besides HTTP: queues, a table's stream, a schedule; each with where failures go."""

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.description import Deployment, Function, QueueSource, StreamSource
from infra.queues import Queues
from infra.storage import Storage

_PARTIAL = ["ReportBatchItemFailures"]


class Sources(Construct):
    def __init__(
        self,
        scope: Construct,
        id: str,
        deployment: Deployment,
        functions: dict[str, lambda_.Function],
        storage: Storage,
        queues: Queues,
    ) -> None:
        super().__init__(scope, id)
        self._storage = storage
        self._queues = queues
        for function in deployment.functions:
            built = functions[function.name]
            for queue in function.queues:
                self._queue(function, queue, built)
            for stream in function.streams:
                self._stream(function, stream, built)
            self._schedule(function, built)

    def _queue(self, function: Function, source: QueueSource, built: lambda_.Function) -> None:
        """What keeps failing goes to the queue's own dead-letter queue."""
        lambda_.CfnEventSourceMapping(
            self,
            f"{function.name}-from-{source.queue}-queue",
            function_name=built.function_name,
            event_source_arn=self._queues.queues[source.queue].queue_arn,
            batch_size=source.batch,
            function_response_types=_PARTIAL,
            scaling_config=lambda_.CfnEventSourceMapping.ScalingConfigProperty(maximum_concurrency=source.concurrency),
        )

    def _stream(self, function: Function, source: StreamSource, built: lambda_.Function) -> None:
        """What keeps failing goes to the content bucket, whole: a queue would get a reference to records that soon are gone."""
        mapping = lambda_.CfnEventSourceMapping
        mapping(
            self,
            f"{function.name}-from-{source.table}-stream",
            function_name=built.function_name,
            event_source_arn=self._storage.tables[source.table].table_stream_arn,
            starting_position="TRIM_HORIZON",
            batch_size=source.batch,
            maximum_batching_window_in_seconds=source.window_s,
            maximum_retry_attempts=source.retries,
            maximum_record_age_in_seconds=source.max_age_s,
            bisect_batch_on_function_error=source.bisect,
            parallelization_factor=source.parallel,
            function_response_types=_PARTIAL,
            filter_criteria=mapping.FilterCriteriaProperty(filters=[mapping.FilterProperty(pattern=p) for p in source.filters])
            if source.filters
            else None,
            destination_config=mapping.DestinationConfigProperty(
                on_failure=mapping.OnFailureProperty(destination=self._storage.bucket.bucket_arn)
            ),
        )

    def _schedule(self, function: Function, built: lambda_.Function) -> None:
        """No retry of a run that failed: the next one comes by itself and looks at the same tables."""
        if function.schedule is None:
            return
        every = Duration.minutes(function.schedule.every_minutes)
        target = targets.LambdaFunction(
            built, retry_attempts=0, max_event_age=Duration.minutes(max(1, function.schedule.every_minutes))
        )
        events.Rule(self, f"{function.name}-schedule", schedule=events.Schedule.rate(every), targets=[target])
        built.configure_async_invoke(retry_attempts=0)
