#!/bin/sh
# One account for each file <feed>.pub in /etc/ssh/partner_keys: the public keys, one a line, of
# the partner that sends the feed. The account is called like the feed and may enter its inbox only.
set -eu

accounts=0
install -d -m 0755 /run/partner_keys
for keys in /etc/ssh/partner_keys/*.pub; do
    [ -e "$keys" ] || continue
    feed=$(basename "$keys" .pub)
    case $feed in
        *[!a-z0-9_]*) echo "inbox: $feed.pub is not called like a feed" >&2; exit 1 ;;
    esac
    [ -e "/etc/csp_feeds/$feed.py" ] || { echo "inbox: no feed is called $feed" >&2; exit 1; }
    # '*' is no password; without it the account would count as locked, and its key with it.
    id "$feed" >/dev/null 2>&1 || useradd --no-create-home --home-dir / --gid partners \
        --shell /usr/sbin/nologin --password '*' "$feed"
    # The account owns its inbox; ingest reads and clears it through the group.
    install -d -o "$feed" -g 50000 -m 2770 "/srv/sftp/inbox/$feed"
    install -m 0644 "$keys" "/run/partner_keys/$feed"
    accounts=$((accounts + 1))
done
[ "$accounts" -gt 0 ] || { echo "inbox: no <feed>.pub in the folder SFTP_KEYS" >&2; exit 1; }

[ -e /etc/ssh/host_keys/ssh_host_ed25519_key ] \
    || ssh-keygen -q -t ed25519 -N "" -f /etc/ssh/host_keys/ssh_host_ed25519_key
echo "inbox: $accounts accounts"
exec /usr/sbin/sshd -D -e
