#!/bin/sh
#SBATCH --array=0-15
# A task of an array for each unit; no Python is needed. Before and after it:
#   ept plan DATASET --where "Classification == 2" --units 16 -o units.jsonl
#   ept merge parts -o ground.copc.laz
# A task that failed or was lost can run again: `sbatch --array=7 slurm_array.sh`. `ept merge` says which are missing.
exec ept run units.jsonl --index "$SLURM_ARRAY_TASK_ID" -o parts
