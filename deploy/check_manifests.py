"""Validates docker-compose.yml by the Compose specification's schema that Debian's docker-compose brings, and Kubernetes manifests by the schemas of the package kubernetes-validate."""
import json
import sys
from pathlib import Path

import jsonschema
import yaml

COMPOSE_SCHEMA = Path("/usr/lib/python3/dist-packages/compose/config/compose_spec.json")


def check_compose(path):
    if not COMPOSE_SCHEMA.exists():
        return f"{path}: not checked: there is no {COMPOSE_SCHEMA} (Debian's docker-compose)"
    content = yaml.safe_load(path.read_text())
    schema = json.loads(COMPOSE_SCHEMA.read_text())
    jsonschema.validate(content, schema)
    return f"{path}: valid by {COMPOSE_SCHEMA.name}"


def check_kubernetes(path):
    documents = list(yaml.safe_load_all(path.read_text()))
    try:
        import kubernetes_validate
    except ImportError:
        return f"{path}: {len(documents)} documents are YAML; not checked by a schema: there is no kubernetes_validate (pip install kubernetes-validate)"
    version = kubernetes_validate.latest_version()
    for document in documents:
        kubernetes_validate.validate(document, version, strict=True)
    return f"{path}: {len(documents)} documents are valid by Kubernetes {version}"


for name in map(Path, sys.argv[1:]):
    print(check_compose(name) if name.name == "docker-compose.yml" else check_kubernetes(name))
