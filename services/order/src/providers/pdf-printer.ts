import { createRequire } from 'node:module';
import type { Money } from '@souk/kernel';
import type { DocumentPrinter } from '../app/document-ports.ts';
import type { OrderDocument } from '../domain/order-document.ts';
import type { PostalAddress } from '../domain/postal-address.ts';
import type PdfDocument from 'pdfkit';

type Pdf = InstanceType<typeof PdfDocument>;

const MARGIN = 56;
const LINE = 15;
const FOOT = 90;
/** Left edges of the columns, and where the last one ends. */
const COLUMNS = { title: MARGIN, quantity: 310, net: 350, tax: 420, total: 480, end: 539 };

/** Prints documents as A4 PDF. The library and its font are loaded with the first one: most processes print none. */
export function pdfPrinter(): DocumentPrinter {
  const fonts = createRequire(import.meta.url);
  return {
    async print(document) {
      const { default: Document } = await import('pdfkit');
      const pdf = new Document({
        size: 'A4',
        margin: MARGIN,
        // Dates of the document itself, so that the same document gives the same bytes.
        info: {
          Title: document.number,
          Author: document.seller.name,
          CreationDate: document.issueTime,
          ModDate: document.issueTime,
        },
      });
      pdf.registerFont('text', fonts.resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf'));
      pdf.registerFont('bold', fonts.resolve('dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf'));
      const done = collect(pdf);
      printHead(pdf, document);
      printLines(pdf, document);
      pdf.end();
      return done;
    },
  };
}

async function collect(pdf: Pdf): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  return new Promise((resolve, reject) => {
    pdf.on('data', (chunk: Uint8Array) => chunks.push(chunk));
    pdf.on('error', reject);
    pdf.on('end', () => resolve(new Uint8Array(Buffer.concat(chunks))));
  });
}

function printHead(pdf: Pdf, document: OrderDocument): void {
  const { seller, kind } = document;
  pdf.font('bold').fontSize(10).text(seller.name);
  pdf.font('text').fontSize(8);
  for (const line of seller.addressLines) pdf.text(line);
  if (seller.taxId !== '') pdf.text(`VAT ${seller.taxId}`);
  pdf.moveDown(2).fontSize(9);
  for (const line of addressLines(document.buyer)) pdf.text(line);
  pdf.moveDown(2).font('bold').fontSize(14);
  pdf.text(`${kind === 'invoice' ? 'Invoice' : 'Credit note'} ${document.number}`);
  pdf.font('text').fontSize(9).moveDown(0.5);
  pdf.text(`Date ${dayOf(document.issueTime)}`);
  pdf.text(`Order ${document.orderNumber} of ${dayOf(document.orderTime)}`);
  if (document.corrects !== undefined) pdf.text(`Corrects ${document.corrects}`);
  pdf.moveDown(1.5);
}

function printLines(pdf: Pdf, document: OrderDocument): void {
  printRow(pdf, 'bold', ['Article', 'Units', 'Net', 'Tax', `Total ${document.currency}`]);
  for (const line of document.lines) {
    const label = `${line.title} (${line.sku})`;
    printRow(pdf, 'text', [
      label,
      String(line.quantity),
      plain(line.net),
      plain(line.tax),
      plain(line.total),
    ]);
  }
  pdf
    .moveTo(MARGIN, pdf.y + 3)
    .lineTo(COLUMNS.end, pdf.y + 3)
    .lineWidth(0.5)
    .stroke();
  pdf.y += 8;
  printRow(pdf, 'bold', ['Sum', '', plain(document.net), plain(document.tax), plain(document.total)]);
}

type Cells = readonly [title: string, quantity: string, net: string, tax: string, total: string];

function printRow(pdf: Pdf, font: 'text' | 'bold', [title, ...figures]: Cells): void {
  pdf.font(font).fontSize(8);
  const width = COLUMNS.quantity - COLUMNS.title - 8;
  const height = Math.max(LINE, pdf.heightOfString(title, { width }) + 4);
  if (pdf.y + height > pdf.page.height - FOOT) pdf.addPage();
  const { y } = pdf;
  const edges = [COLUMNS.quantity, COLUMNS.net, COLUMNS.tax, COLUMNS.total, COLUMNS.end];
  pdf.text(title, COLUMNS.title, y, { width });
  figures.forEach((figure, index) => {
    const left = edges[index] ?? MARGIN;
    const right = edges[index + 1] ?? COLUMNS.end;
    pdf.text(figure, left, y, { width: right - left - 4, align: 'right', lineBreak: false });
  });
  pdf.x = MARGIN;
  pdf.y = y + height;
}

/** The amount alone: the currency stands in the head. */
function plain(amount: Money): string {
  return amount.toString().slice(0, -amount.currency.length - 1);
}

function dayOf(time: Date): string {
  return time.toISOString().slice(0, 10);
}

function addressLines(address: PostalAddress): readonly string[] {
  const town = [address.postalCode, address.locality].filter((part) => part !== '').join(' ');
  return [
    ...address.recipients,
    address.organization,
    ...address.addressLines,
    address.sublocality,
    town,
    address.administrativeArea,
    address.regionCode,
  ].filter((line) => line !== '');
}
