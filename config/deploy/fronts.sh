#!/bin/sh
# Writes which fronts nginx believes, from TRUSTED_FRONTS: addresses or networks, parted by blanks
# or commas. The nginx image runs this before it starts; elsewhere: sh fronts.sh [file].
# What a front says of the client (X-Forwarded-For, X-Forwarded-Proto) counts only if it is listed.
set -eu
file=${1:-/etc/nginx/portal-fronts.conf}
fronts=$(printf '%s' "${TRUSTED_FRONTS:-}" | tr ',\n\t' '   ')
for front in $fronts; do
  case $front in
    *[!0-9a-fA-F.:/]* | 0.0.0.0* | ::/0 | */0)
      echo "TRUSTED_FRONTS: '$front' is no address or network that can be trusted" >&2
      exit 1 ;;
  esac
done
{
  echo "geo \$realip_remote_addr \$from_front {"
  echo "  default 0;"
  for front in $fronts; do echo "  $front 1;"; done
  echo "}"
  for front in $fronts; do echo "set_real_ip_from $front;"; done
} >"$file"
