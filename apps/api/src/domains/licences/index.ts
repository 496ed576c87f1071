/** Licences. Glossary: an *id* is allocated when an image is ordered and travels in its file; the *licence* is issued when the image is complete. */
export { allocateLicenceIds } from './allocate-licence-ids.ts';
export { issueLicence, type IssuedLicence } from './issue-licence.ts';
