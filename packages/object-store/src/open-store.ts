import { createDiskStore, type DiskStore, type DiskStoreOptions } from './disk/disk-store.ts';
import { createS3Store, type S3StoreOptions } from './s3/s3-store.ts';
import type { ObjectStore } from './store.ts';

/** One of the two, as the settings have it: a bucket named → S3, else the disk. */
export interface StoreSettings {
  disk: DiskStoreOptions;
  s3: S3StoreOptions | null;
}

export const openStore = (settings: StoreSettings): ObjectStore => (settings.s3 === null ? createDiskStore(settings.disk) : createS3Store(settings.s3));

export const isDiskStore = (store: ObjectStore): store is DiskStore => store.kind === 'disk';
