"""The API's description of itself: OpenAPI 3.1, and a page to read and try it. Public, and nothing from third parties."""

import json
from pathlib import Path

from aws_lambda_powertools.event_handler import Response, openapi
from aws_lambda_powertools.event_handler.openapi.swagger_ui import generate_swagger_html

from functions.staff_api.routes import new_router

router = new_router()
# The page carries its script and style itself; a browser is told to load nothing from anywhere else.
POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; font-src data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_ASSETS = Path(openapi.__file__).parent / "swagger_ui"


@router.get("/v1/openapi.json", include_in_schema=False)
def get_openapi() -> Response[str]:
    return Response(200, "application/json", json.dumps(_description(), ensure_ascii=False))


@router.get("/v1/docs", include_in_schema=False, compress=True)
def get_docs() -> Response[str]:
    spec = json.dumps(_description(), ensure_ascii=False).replace("</", "<\\/")
    script, style = ((_ASSETS / name).read_text(encoding="utf-8") for name in ("swagger-ui-bundle.min.js", "swagger-ui.min.css"))
    page = generate_swagger_html(spec, script, style, "", None).replace("Swagger UI</title>", "Staff API</title>")
    page = page.replace('currentUrl.pathname + "?format=json"', '"/v1/openapi.json"')
    return Response(200, "text/html; charset=utf-8", page, headers={"Content-Security-Policy": POLICY})


def _description() -> dict[str, object]:
    from functions.staff_api.description import description

    return description()
