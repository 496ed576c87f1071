/**
 * Files on their way in. Glossary: an *upload* is a row and an object under `incoming/`, which nothing reads but its
 * acceptance; *accepting* reads it once, decodes it and writes *canonical* bytes of our own under a new key (R27).
 */
export { acceptUpload, type AcceptRequest, type CanonicalObject, type IncomingFile } from './accept-upload.ts';
export { decodeImage, sharpOf, type DecodedImage, type ImageRules } from './decode-image.ts';
export { purgeUploads } from './purge-uploads.ts';
