#!/bin/sh
# Makes an authority of one's own, a certificate for the nodes and one for the administrator, in ./certificates.
# Names under which the nodes are reached follow: ./make-certificates.sh search.example.org 10.0.0.5
set -eu
cd "$(dirname "$0")"
mkdir -p certificates
cd certificates
umask 077
days=730
names="DNS:localhost,DNS:opensearch,IP:127.0.0.1"
for name in "$@"; do
  case $name in
    *[!0-9.]*) names="$names,DNS:$name" ;;
    *) names="$names,IP:$name" ;;
  esac
done

if [ ! -f ca.pem ]; then
  openssl req -x509 -newkey rsa:3072 -nodes -sha256 -days 3650 -subj '/O=imagedex/CN=ca' -keyout ca-key.pem -out ca.pem
fi

# certificate NAME EXTENSIONS
certificate() {
  openssl req -newkey rsa:3072 -nodes -sha256 -subj "/O=imagedex/CN=$1" -keyout "$1-key.pem" -out "$1.csr"
  printf '%s\n' "$2" > "$1.ext"
  openssl x509 -req -sha256 -days $days -in "$1.csr" -CA ca.pem -CAkey ca-key.pem -CAcreateserial -extfile "$1.ext" -out "$1.pem"
  rm "$1.csr" "$1.ext"
}
certificate node "subjectAltName=$names
extendedKeyUsage=serverAuth,clientAuth"
certificate admin "extendedKeyUsage=clientAuth"

# The server in the container reads these as its own user, 1000.
chmod 644 ca.pem node.pem
if [ "$(id -u)" = 0 ]; then chown 1000 node-key.pem; fi
echo "Made $(pwd): keep ca-key.pem and admin-key.pem to yourself."
