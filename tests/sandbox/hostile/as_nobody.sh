#!/usr/bin/env bash
# Runs pytest as an ordinary user (nobody), for a superuser who wants to know: as_nobody.sh [pytest's arguments].
#
# Nobody has to be able to read the repository, the virtual environment and the interpreter behind it. Where a folder
# above one of them is closed to him (a home, most often), he gets a view of the file system of his own, in which that
# folder holds nothing but what he needs. It is a private mount namespace: nothing changes for anybody else. Ends with
# status 77 where that cannot be done.
set -euo pipefail

cd "$(dirname "$0")/../../.."
python=$PWD/.venv/bin/python

if [[ ${1-} != --inside ]]; then
    [[ $(id -u) == 0 ]] || { echo "only root can become nobody" >&2; exit 77; }
    for tool in unshare setpriv; do
        command -v $tool >/dev/null || { echo "$tool is missing" >&2; exit 77; }
    done
    unshare --mount --propagation private true 2>/dev/null || { echo "no mount namespace can be made" >&2; exit 77; }
    scratch=$(mktemp -d)
    mkdir "$scratch/home"
    chmod 755 "$scratch"
    chown 65534:65534 "$scratch/home"
    status=0
    unshare --mount --propagation private "$0" --inside "$scratch" "$@" || status=$?
    rm -rf "$scratch/home"
    # What was mounted below is gone with the namespace; if it were not, this would fail, and remove nothing.
    find "$scratch" -mindepth 1 -maxdepth 1 -exec rmdir {} +
    rmdir "$scratch"
    exit $status
fi
scratch=$2
home=$scratch/home
shift 2

closed_above() { # the topmost folder above a path that others may not pass
    local path=$1 found=
    while [[ $path != / ]]; do
        path=$(dirname "$path")
        (( 0$(stat -c %a "$path") & 1 )) || found=$path
    done
    echo "$found"
}

needed=("$PWD" "$("$python" -c 'import sys; print(sys.base_prefix)')")
for path in "${needed[@]}"; do
    closed=$(closed_above "$path")
    [[ -n $closed ]] || continue
    kept=$(mktemp -d -p "$scratch")
    mount --bind "$path" "$kept"
    mountpoint -q "$closed" || mount -t tmpfs -o mode=755 none "$closed"
    mkdir -p "$path"
    mount --bind "$kept" "$path"
done

cd "$PWD" # through what has just been mounted
exec setpriv --reuid=65534 --regid=65534 --clear-groups --bounding-set=-all --inh-caps=-all \
    env -i PATH="$PATH" LANG=C.UTF-8 HOME="$home" TMPDIR="$home" PYTHONDONTWRITEBYTECODE=1 \
    "$python" -m pytest -p no:cacheprovider --basetemp="$home/pytest" "$@"
