/**
 * What the file itself says: whose style, under which licence, made by a machine. EXIF must stay ASCII (anything else comes
 * out as question marks), so names in Korean stand in XMP.
 */
import { formatLicenceId } from '@style-license/shared';
import type { Exif } from 'sharp';

export interface Rights {
  artist: { name: string; username: string };
  style: { id: string; title: string };
  termsUrl: string;
  /** Samples of a training have none: they are nobody's licence. */
  licenceId: string | null;
}

const DIGITAL_SOURCE_TYPE = 'http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia';
const isAscii = (text: string): boolean => /^[\x20-\x7e]*$/.test(text);

export function exifOf(rights: Rights): Exif {
  const artist = isAscii(rights.artist.name) ? rights.artist.name : rights.artist.username;
  const title = isAscii(rights.style.title) ? rights.style.title : rights.style.id;
  return {
    IFD0: {
      Artist: artist,
      Copyright: `${notice(rights, artist)} ${rights.termsUrl}`,
      ImageDescription: rights.licenceId === null ? title : `${title}, licence ${formatLicenceId(rights.licenceId)}`,
      Software: 'Style License',
    },
  };
}

const notice = (rights: Rights, artist: string): string =>
  rights.licenceId === null ? `Style of ${artist}, sample.` : `Style of ${artist}, licence ${formatLicenceId(rights.licenceId)}.`;

export function xmpOf(rights: Rights): string {
  const { artist, style, termsUrl, licenceId } = rights;
  const licence = licenceId === null ? '' : `
   <dc:identifier>${escapeXml(licenceId)}</dc:identifier>
   <sl:licenceId>${escapeXml(licenceId)}</sl:licenceId>`;
  return `<?xpacket begin="\uFEFF" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about=""
    xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:xmpRights="http://ns.adobe.com/xap/1.0/rights/"
    xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
    xmlns:sl="urn:style-license:ns:1.0:">
   <dc:creator><rdf:Seq><rdf:li>${escapeXml(artist.name)}</rdf:li></rdf:Seq></dc:creator>
   <dc:rights><rdf:Alt><rdf:li xml:lang="x-default">${escapeXml(notice(rights, artist.name))}</rdf:li></rdf:Alt></dc:rights>
   <dc:title><rdf:Alt><rdf:li xml:lang="x-default">${escapeXml(style.title)}</rdf:li></rdf:Alt></dc:title>
   <xmpRights:Marked>True</xmpRights:Marked>
   <xmpRights:WebStatement>${escapeXml(termsUrl)}</xmpRights:WebStatement>
   <Iptc4xmpExt:DigitalSourceType>${DIGITAL_SOURCE_TYPE}</Iptc4xmpExt:DigitalSourceType>
   <sl:styleId>${escapeXml(style.id)}</sl:styleId>
   <sl:styleTitle>${escapeXml(style.title)}</sl:styleTitle>
   <sl:artist>${escapeXml(artist.username)}</sl:artist>${licence}
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>`;
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };
/** XML 1.0 knows no control characters, not even escaped ones. */
const NOT_XML = /[^\P{Cc}\t\n\r]|[\uFFFE\uFFFF]/gu;
const escapeXml = (text: string): string => text.replaceAll(NOT_XML, '').replaceAll(/[&<>"']/g, (char) => ENTITIES[char]!);
