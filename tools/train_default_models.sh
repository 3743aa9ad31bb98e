#!/usr/bin/env bash
# Trains the models that ship in models/: sentiment, ner, qa, as LoRA adapters of all-MiniLM-L6-v2.
# usage: tools/train_default_models.sh DATA_FOLDER [BASE_DIR_OR_NAME] [sentiment|ner|qa ...]
# DATA_FOLDER holds sst2/, imdb/, conll2003/, squad/ and squadshifts/ (docs/training.md). A run that was stopped
# continues when the script is started again.
set -euo pipefail
cd "$(dirname "$0")/.."
[ $# -ge 1 ] || { sed -n '2,5p' "$0" >&2; exit 2; }
data=$1
name=sentence-transformers/all-MiniLM-L6-v2
base=${2:-$name}
shift $(($# < 2 ? $# : 2))
train=${JNLP_TRAIN_PROGRAM:-build/release/jetson-nlp-train}
common=(--base "$base" --base-name "$name" --save-dtype f16 --overwrite --resume --seed 42)

train_sentiment() {
  "$train" --task sentiment "${common[@]}" --output models/sentiment \
    --data "$data/sst2/train.tsv.gz" "$data/imdb/train-10k.jsonl.gz" --dev "$data/sst2/dev.tsv" \
    --label-names NEGATIVE,POSITIVE \
    --lora-rank 16 --lora-alpha 32 --learning-rate 8e-4 --batch-size 64 --max-length 160 --dropout 0.05 --epochs 2 \
    --data-terms "SST-2: Stanford Sentiment Treebank (Socher et al. 2013) as GLUE distributes it; no explicit licence in the data; research use. IMDB: Large Movie Review Dataset (Maas et al. 2011); free for research with citation, no explicit licence."
}

train_ner() {
  "$train" --task ner "${common[@]}" --output models/ner \
    --data "$data/conll2003/train.txt.gz" --dev "$data/conll2003/dev.txt.gz" \
    --lora-rank 32 --lora-alpha 64 --learning-rate 1e-3 --batch-size 32 --max-length 192 --dropout 0.1 --epochs 4 \
    --data-terms "CoNLL-2003 shared task annotations over Reuters RCV1 text: research use (Reuters/NIST terms)."
}

train_qa() {
  "$train" --task qa "${common[@]}" --output models/qa \
    --data "$data/squad/train-44articles.json.gz" "$data/squad/train-sample.json.gz" \
           "$data/squadshifts/new_wiki.json.gz" "$data/squad/train-sample-tokenized.jsonl.gz" \
    --dev "$data/squad/dev-v1.1.shared.json.gz" \
    --lora-rank 32 --lora-alpha 64 --learning-rate 8e-4 --batch-size 32 --max-length 128 --stride 48 \
    --qa-windows crop --dropout 0 --epochs 2 --max-dev-examples 1000 \
    --data-terms "SQuAD 1.1 (Rajpurkar et al. 2016): CC BY-SA 4.0. SQuADShifts new_wiki (Miller et al. 2020): CC BY 4.0 as its authors state."
}

[ $# -gt 0 ] || set -- sentiment ner qa
for model in "$@"; do "train_$model" > /dev/null; done
