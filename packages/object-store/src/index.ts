export * from './store.ts';
export * from './errors.ts';
export { attachment, SHOWN_TYPES, UPLOAD_TYPES } from './types.ts';
export { createDiskStore, type DiskStore, type DiskStoreOptions } from './disk/disk-store.ts';
export { createDiskStoreHandler, type DiskHandlerOptions, type HttpHandler } from './disk/handler.ts';
export { createS3Store, type S3StoreOptions } from './s3/s3-store.ts';
export { isDiskStore, openStore, type StoreSettings } from './open-store.ts';
