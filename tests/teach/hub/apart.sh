# Run a command as root with an /etc of its own, and with the way to this Python open to every user.
#     unshare --mount --pid --fork --kill-child --mount-proc sh apart.sh SCRATCH PYTHON_PREFIX COMMAND...
# Accounts that the command makes are gone with it; the machine's own are not touched.
set -e
scratch=$1 prefix=$2
shift 2
mount --make-rprivate /
cp -a /etc "$scratch/etc"
mount --bind "$scratch/etc" /etc
closed=
folder=$prefix
while [ "$folder" != / ]; do
  case $(stat -c %A "$folder") in *[xt]) ;; *) closed=$folder ;; esac
  folder=$(dirname "$folder")
done
if [ -n "$closed" ]; then
  mkdir -p "$scratch/closed"
  mount --bind "$closed" "$scratch/closed"
  mount -t tmpfs -o mode=755 none "$closed"
  mkdir -p "$prefix"
  mount --bind "$scratch/closed${prefix#"$closed"}" "$prefix"
fi
exec "$@"
