import { StoreError, readObject } from '@style-license/object-store';
import { CodedError, LIMITS, type UploadPurpose } from '@style-license/shared';
import { transaction, type Prisma, type Tx } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import { decodeImage, type DecodedImage, type ImageRules } from './decode-image.ts';
import { FORMATS } from './purposes.ts';
import { deleteObjectsLater } from '../../platform/object-deletions.ts';

export interface CanonicalObject { key: string; body: Buffer; contentType: string }

export interface IncomingFile {
  bytes: Buffer;
  /** The person's file name, for messages only. */
  name: string;
  /** As pixels; only formats that the purpose allows. @throws as `decodeImage` */
  decode(rules: Omit<ImageRules, 'formats'>): Promise<DecodedImage>;
}

export interface AcceptRequest<Converted, Result> {
  uploadId: string;
  userId: string;
  purpose: UploadPurpose;
  /** The style it was uploaded for, where the purpose has one. */
  styleId?: string;
  /** Decodes what came and makes canonical bytes under new keys, with what the domain wants to know of them. No effect on the database. */
  convert(file: IncomingFile): Promise<{ converted: Converted; objects: readonly CanonicalObject[] }>;
  /** Writes the domain's rows in the transaction that marks the upload as accepted. What it answers is kept, and answered again to the same acceptance. */
  record(tx: Tx, converted: Converted): Promise<Result>;
}

type UploadRow = Prisma.UploadGetPayload<object>;

/** A signed PUT may come again after we looked: the second sweep is after its URL has died. */
const LATE_PUT_MS = 20 * 60_000;

/**
 * Accepts an upload: read once, decoded, written anew, recorded; the incoming object is let go. The same acceptance again
 * answers what the first one did.
 * @throws UPLOAD_NOT_FOUND, UPLOAD_EXPIRED, UPLOAD_INCOMPLETE, and what `convert` and `record` throw
 */
export async function acceptUpload<Converted, Result extends Prisma.InputJsonValue>(deps: Deps, request: AcceptRequest<Converted, Result>): Promise<Result> {
  const upload = await findUpload(deps, request);
  // Before the answer that was kept: what an expired upload became may be on its way out with it.
  if (upload.expiresAt <= deps.clock.now()) throw new CodedError('UPLOAD_EXPIRED');
  if (upload.acceptedAt) return upload.result as Result;
  const bytes = await readIncoming(deps, upload);
  const decode: IncomingFile['decode'] = (rules) => decodeImage(bytes, { ...rules, formats: FORMATS[request.purpose] });
  const { converted, objects } = await request.convert({ bytes, name: upload.name, decode });
  const keys = objects.map(({ key }) => key);
  try {
    for (const { key, body, contentType } of objects) await deps.store.put(key, body, { contentType });
    const { result, ours } = await transaction(deps.db, (tx) => recordOnce(tx, deps, upload.id, () => request.record(tx, converted)));
    if (!ours) await deleteObjectsLater(deps.db, keys);
    return result as Result;
  } catch (error) {
    // Refused: rolled back for certain. After any other fault the commit may have gone through unheard, and then these
    // objects are in use; if not, the sweep finds them without an owner.
    if (error instanceof CodedError) await deleteObjectsLater(deps.db, keys);
    throw error;
  }
}

async function findUpload(deps: Deps, { uploadId, userId, purpose, styleId }: AcceptRequest<never, never> | AcceptRequest<unknown, unknown>): Promise<UploadRow> {
  const upload = await deps.db.upload.findFirst({ where: { id: uploadId, userId, purpose } });
  // Somebody else's upload is as unknown as none.
  if (!upload || (styleId !== undefined && upload.styleId !== null && upload.styleId !== styleId)) throw new CodedError('UPLOAD_NOT_FOUND');
  return upload;
}

async function readIncoming({ store }: Deps, { key, bytes }: UploadRow): Promise<Buffer> {
  try {
    const body = await readObject(store, key, LIMITS.uploadMaxBytes);
    if (body.length !== bytes) throw new CodedError('UPLOAD_INCOMPLETE', { expectedBytes: bytes, receivedBytes: body.length });
    return body;
  } catch (error) {
    if (error instanceof StoreError && error.reason === 'not_found') throw new CodedError('UPLOAD_INCOMPLETE', { expectedBytes: bytes, receivedBytes: 0 });
    if (error instanceof StoreError && error.reason === 'too_large') throw new CodedError('IMAGE_SIZE_EXCEEDED', { maxBytes: LIMITS.uploadMaxBytes });
    throw error;
  }
}

/** Two acceptances at once: the row's lock lets the first one record, the second one gets its answer. */
async function recordOnce(tx: Tx, { clock }: Deps, uploadId: string, record: () => Promise<Prisma.InputJsonValue>): Promise<{ result: unknown; ours: boolean }> {
  const [row] = await tx.$queryRaw<{ accepted_at: Date | null; result: unknown; key: string }[]>`SELECT accepted_at, result, key FROM uploads WHERE id = ${uploadId}::uuid FOR UPDATE`;
  if (!row) throw new CodedError('UPLOAD_NOT_FOUND');
  if (row.accepted_at) return { result: row.result, ours: false };
  const result = await record();
  const now = clock.now();
  await tx.upload.update({ where: { id: uploadId }, data: { acceptedAt: now, result } });
  await deleteObjectsLater(tx, [row.key], now);
  await deleteObjectsLater(tx, [row.key], new Date(now.getTime() + LATE_PUT_MS));
  return { result, ours: true };
}
