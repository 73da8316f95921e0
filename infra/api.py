"""The HTTP front: one API Gateway HTTP API, the staff's routes behind a JWT authorizer, and a log that knows no path."""

import json

from aws_cdk import ArnFormat, CfnOutput, RemovalPolicy, Stack
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_apigatewayv2_authorizers as authorizers
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.checks import accept
from infra.description import Deployment, Route
from infra.ids import fix_logical_id
from infra.stage import RETENTIONS, Stage

# Only what API Gateway itself makes. Paths and queries hold the tokens of people, addresses and agents are personal data,
# and an error text may quote any of them. The route key is the pattern: "GET /c/{token}/{n}".
LOGGED = {
    "at": "$context.requestTime",
    "request": "$context.requestId",
    "route": "$context.routeKey",
    "status": "$context.status",
    "integration_status": "$context.integrationStatus",
    "ms": "$context.responseLatency",
    "bytes": "$context.responseLength",
}
# A newsletter to 500,000 gives some 300 clicks a second in its first minutes; beyond these, callers get 429.
RATE_PER_S = 2000
BURST = 4000
ANYBODY = (
    "Supporters' pages, links and pictures are opened from a mail, without a login: their signed token is the authorization,"
    " checked in the Lambda, and may do little. Of the staff's paths only the API's description is public."
)


class Api(Construct):
    """`url` is where supporters and staff reach it: the stated address, or the API's own on a stage that states none."""

    def __init__(self, scope: Construct, id: str, stage: Stage) -> None:
        super().__init__(scope, id)
        self._stage = stage
        self.api = apigatewayv2.HttpApi(
            self,
            "http",
            api_name=stage.stack_name,
            create_default_stage=False,
            disable_execute_api_endpoint=stage.certificate_arn is not None,
        )
        fix_logical_id(self.api, "PublicApi")  # links in mails lead to it
        self.url = stage.public_url or self.api.api_endpoint
        self._front = self._open()
        if stage.certificate_arn:
            self._name(stage.certificate_arn)
        CfnOutput(self, "PublicUrl", value=self.url).override_logical_id("PublicUrl")

    def add_routes(self, deployment: Deployment, functions: dict[str, lambda_.Function]) -> None:
        """Connect every route of the description to its Lambda."""
        staff = authorizers.HttpJwtAuthorizer("staff", self._stage.jwt_issuer, jwt_audience=list(self._stage.jwt_audience))
        for function in deployment.functions:
            if not function.routes:
                continue
            to = integrations.HttpLambdaIntegration(function.name, functions[function.name], scope_permission_to_route=False)
            for route in function.routes:
                self._route(route, to, staff)

    def _route(self, route: Route, to: integrations.HttpLambdaIntegration, staff: authorizers.HttpJwtAuthorizer) -> None:
        built = apigatewayv2.HttpRoute(
            self,
            f"{route.method} {route.path}",
            http_api=self.api,
            route_key=apigatewayv2.HttpRouteKey.with_(route.path, apigatewayv2.HttpMethod[route.method]),
            integration=to,
            authorizer=staff if route.staff else None,
        )
        if not route.staff:
            accept(built, "AwsSolutions-APIG4", ANYBODY)

    def _open(self) -> apigatewayv2.HttpStage:
        log_group = logs.LogGroup(
            self,
            "log",
            retention=logs.RetentionDays[RETENTIONS[self._stage.log_retention_days]],
            removal_policy=RemovalPolicy.RETAIN if self._stage.live else RemovalPolicy.DESTROY,
        )
        front = apigatewayv2.HttpStage(
            self,
            "stage",
            http_api=self.api,
            stage_name="$default",
            auto_deploy=True,
            detailed_metrics_enabled=True,  # per route key
            throttle=apigatewayv2.ThrottleSettings(rate_limit=RATE_PER_S, burst_limit=BURST),
        )
        resource = front.node.default_child
        assert isinstance(resource, apigatewayv2.CfnStage)
        # Without the ":*" that a log group's own ARN ends in: API Gateway takes the group's name as its last part.
        arn = Stack.of(self).format_arn(
            service="logs",
            resource="log-group",
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
            resource_name=log_group.log_group_name,
        )
        settings = apigatewayv2.CfnStage.AccessLogSettingsProperty(destination_arn=arn, format=json.dumps(LOGGED))
        resource.access_log_settings = settings
        return front

    def _name(self, certificate_arn: str) -> None:
        assert self._stage.public_host is not None
        domain = apigatewayv2.DomainName(
            self,
            "domain",
            domain_name=self._stage.public_host,
            certificate=acm.Certificate.from_certificate_arn(self, "certificate", certificate_arn),
            security_policy=apigatewayv2.SecurityPolicy.TLS_1_2,
        )
        fix_logical_id(domain, "PublicDomain")
        apigatewayv2.ApiMapping(self, "mapping", api=self.api, domain_name=domain, stage=self._front)
        record = f"{self._stage.public_host} CNAME {domain.regional_domain_name}"
        CfnOutput(self, "PublicName", value=record).override_logical_id("PublicName")
