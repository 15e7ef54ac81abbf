#!/usr/bin/env bash
# Makes a KIM portable model of an orogen model: stock LAMMPS (kim init …), ASE and every other KIM simulator can use it.
#
#   tools/install_kim_model.sh LIBRARY MODEL.safetensors NAME [FOLDER]
#
# LIBRARY: libkim-api-portable-model.so, in the build folder or, installed, in lib/orogen. NAME: a KIM item name, LETTERS__MO_12DIGITS_3DIGITS, for example
# Copper_orogen__MO_000000000001_000. FOLDER: where portable models lie (default: $KIM_API_PORTABLE_MODELS_DIR, else
# ~/.kim-api/portable-models); the simulator finds it when KIM_API_PORTABLE_MODELS_DIR names it.
set -euo pipefail

[ $# -eq 3 ] || [ $# -eq 4 ] || { sed -n '2,9s/^# \{0,1\}//p' "$0" >&2; exit 2; }
library=$1 model=$2 name=$3 folder=${4:-${KIM_API_PORTABLE_MODELS_DIR:-$HOME/.kim-api/portable-models}}
[[ $name =~ ^[A-Za-z][A-Za-z0-9_]*__MO_[0-9]{12}_[0-9]{3}$ ]] ||
  { echo "$name: expected a KIM item name such as Copper_orogen__MO_000000000001_000" >&2; exit 2; }
for file in "$library" "$model"; do [ -f "$file" ] || { echo "$file: no such file" >&2; exit 2; }; done

mkdir -p "$folder/$name"
folder=$(cd "$folder" && pwd)
cp "$library" "$folder/$name/libkim-api-portable-model.so.new"
cp "$model" "$folder/$name/model.safetensors.new"
mv "$folder/$name/model.safetensors.new" "$folder/$name/model.safetensors"
mv "$folder/$name/libkim-api-portable-model.so.new" "$folder/$name/libkim-api-portable-model.so"
echo "$folder/$name"
printf 'export KIM_API_PORTABLE_MODELS_DIR=%q\n' "$folder"
