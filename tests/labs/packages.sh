#!/bin/sh
# Installs what the labs need, where this is root on Debian; a lab whose package cannot be had is skipped by name.
packages="gnome-keyring libsecret-tools dbus-daemon xvfb openssh-server librsvg2-bin fonts-noto-cjk yasr chromium poppler-utils strace tmux mitmproxy wine wine64 osslsigncode gcc-mingw-w64-x86-64 postgresql"

[ "$(id -u)" = 0 ] && [ -e /etc/debian_version ] && command -v apt-get >/dev/null || exit 0

missing=
for package in $packages; do
    case $(dpkg-query --show --showformat='${db:Status-Abbrev}' "$package" 2>/dev/null) in
        ii*) ;;
        *) missing="$missing $package" ;;
    esac
done
[ -n "$missing" ] || exit 0

export DEBIAN_FRONTEND=noninteractive
apt-get update -qq >/dev/null 2>&1
for package in $missing; do
    apt-get install -qq -y --no-install-recommends -o DPkg::Lock::Timeout=120 "$package" >/dev/null 2>&1 </dev/null ||
        echo "lab package not to be had: $package"
done
exit 0
