#!/bin/sh
# Gives OpenSearch the role in role.json and a user who has it, as the administrator:
#   IMAGEDEX_OPENSEARCH_PASSWORD=… ./make-user.sh [https://localhost:9200]
set -eu
cd "$(dirname "$0")"
url=${1:-https://localhost:9200}/_plugins/_security/api
: "${IMAGEDEX_OPENSEARCH_PASSWORD:?expected the password that imagedex is to have}"

# put PATH, with the body on standard input: a password is in no list of processes
put() {
  curl --fail-with-body --silent --show-error --cacert certificates/ca.pem --cert certificates/admin.pem \
    --key certificates/admin-key.pem -X PUT "$url/$1" -H 'content-type: application/json' --data-binary @-
  echo
}
put roles/imagedex < role.json
escaped=$(printf '%s' "$IMAGEDEX_OPENSEARCH_PASSWORD" | sed 's/[\\"]/\\&/g')
printf '{"password": "%s"}' "$escaped" | put internalusers/imagedex
printf '{"users": ["imagedex"]}' | put rolesmapping/imagedex
