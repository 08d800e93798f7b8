/** What runs on the other side, in a folder that holds one folder for each job. Only what POSIX has, and setsid. */

/** `<id> <number of the try>`, a tar archive on stdin: each try has a folder of its own, which may stay half full. */
export const UPLOAD = `
set -e
mkdir -p "$1" && cd "$1"
[ -e started ] && exec cat >/dev/null
mkdir "code.$2" && tar -xf - -C "code.$2"
`;

/**
 * `<id> <number of the try> <working folder> <timeout> <grace> <command…>`, variables as shell assignments on stdin: they are in the memory of
 * the process alone. Of several that start a job, the one that makes `started` does.
 */
export const LAUNCH = `
set -e
cd "$1"
[ -e cancel ] && exit 0
variables=$(cat)
mkdir started 2>/dev/null || { rm -rf "code.$2"; exit 0; }
mv "code.$2" code
dir=$PWD work=$3 timeout=$4 grace=$5
shift 5
mkdir -p "code/$work" out
touch stamp
eval "$variables"
export TRAINYARD_OUTPUT="$dir/out"
run='
  dir=$1 timeout=$2 grace=$3
  shift 3
  setsid "$@" >>"$dir/log" 2>&1 </dev/null &
  child=$!
  echo $(($(date +%s%N) / 1000000)) >"$dir/began"
  (
    end=$(($(date +%s) + timeout))
    while :; do
      if [ -e "$dir/cancel" ]; then why=cancelled; break; fi
      if [ "$timeout" -gt 0 ] && [ "$(date +%s)" -ge "$end" ]; then why=timeout; break; fi
      sleep 0.1
    done
    echo $why >"$dir/why"
    kill -TERM -$child
    sleep "$grace"
    kill -KILL -$child
  ) >/dev/null 2>&1 &
  watcher=$!
  code=0
  wait $child || code=$?
  kill $watcher 2>/dev/null
  kill -KILL -$child 2>/dev/null
  echo "$code $(($(date +%s%N) / 1000000))" >"$dir/exit.new"
  mv "$dir/exit.new" "$dir/exit"
'
cd "code/$work"
setsid sh -c "$run" sh "$dir" "$timeout" "$grace" "$@" >/dev/null 2>&1 </dev/null &
echo $! >"$dir/pid"
`;

/** `<id…>`: a line for each. */
export const STATUS = `
for id; do
  began=$(cat "$id/began" 2>/dev/null) why=$(cat "$id/why" 2>/dev/null)
  if [ -e "$id/exit" ]; then echo "ended $(cat "$id/exit") \${began:-0} \${why:-exit}"
  elif [ ! -e "$id/started" ]; then echo planned
  elif [ ! -e "$id/pid" ]; then echo starting
  elif ! kill -0 "$(cat "$id/pid")" 2>/dev/null; then
    # It may have ended since the look.
    if [ -e "$id/exit" ]; then echo "ended $(cat "$id/exit") \${began:-0} \${why:-exit}"
    else echo "ended 255 $(($(date +%s%N) / 1000000)) \${began:-0} lost"; fi
  elif [ -n "$began" ]; then echo "running $began"
  else echo starting; fi
done
`;

/** `<id> <from>`: bytes of the log. */
export const LOG = `
[ -e "$1/log" ] || exit 0
tail -c +$(($2 + 1)) "$1/log" | head -c 65536
`;

/** `<id>` */
export const CANCEL = `mkdir -p "$1" && : >"$1/cancel"`;

/** `<id>`: for each file a line with its bytes and its path, and then these bytes. */
export const COLLECT = `
cd "$1"
send() {
  while IFS= read -r file; do
    printf '%s %s\\n' "$(wc -c <"$file" | tr -d ' ')" "\${file#./}"
    cat "$file"
  done
}
(cd out && find . -type f | send)
(cd code && find . -type f -newer ../stamp | send)
`;

/** `<id>` */
export const RELEASE = `rm -rf "$1"/code* "$1/out"`;
