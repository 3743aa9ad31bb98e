# usage: full_disk.sh FOLDER COMMAND...   (in a mount namespace of its own, which ends with this shell)
# Mounts a small disk on FOLDER and runs COMMAND, a download into FOLDER. While it runs somebody else fills the disk.
# Then there is room again, and the command runs once more. Prints how both ended. Exit code 99: mounting is not allowed.
folder=$1
shift
mount -t tmpfs -o size=400k none "$folder" || exit 99
"$@" 2> "$folder.first" &
download=$!
until [ -n "$(find "$folder" -name '*.incomplete' -size +40k)" ]; do
  kill -0 $download || break
  sleep 0.01
done
dd if=/dev/zero of="$folder/filler" bs=4k 2> "$folder.dd"
wait $download
echo "first $?"
echo "snapshots $(find "$folder" -name snapshots | wc -l)"
rm "$folder/filler"
"$@" 2> "$folder.second"
echo "second $?"
