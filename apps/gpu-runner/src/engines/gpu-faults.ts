/** What programs on a GPU say when the machine, and not the request, is at fault. Pure. */
import type { Reason } from '@style-license/shared';

/** Memory: before the other CUDA errors, since its message is one of them. */
const OUT_OF_MEMORY = /CUDA out of memory|OutOfMemoryError|CUDA error: out of memory|cudaMalloc failed: out of memory|failed to allocate the compute buffer|failed to allocate .*buffer of size|insufficient memory|Cannot allocate memory|bad_alloc/i;
/** Xid numbers are the driver's; these mean that the card itself is gone or must be reset. */
const DEVICE_LOST = /GPU is lost|no CUDA-capable device|fallen off the bus|CUDA driver initialization failed|Xid[^\n]{0,60}?[:,( ](?:48|79|95|119|154)\b/i;
const DISK_FULL = /ENOSPC|EDQUOT|No space left on device|disk quota exceeded/i;
const CUDA_ERROR = /CUDA error|CUBLAS_STATUS|cuDNN error/i;

/** The class of a line or of a whole log; null when it says nothing of the kind. */
export function gpuFault(text: string): Extract<Reason, 'out_of_memory' | 'device_lost' | 'disk_full' | 'crashed'> | null {
  if (DEVICE_LOST.test(text)) return 'device_lost';
  if (OUT_OF_MEMORY.test(text)) return 'out_of_memory';
  if (DISK_FULL.test(text)) return 'disk_full';
  return CUDA_ERROR.test(text) ? 'crashed' : null;
}
