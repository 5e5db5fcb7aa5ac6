package file

// The limits. Each one, when met, is ErrTooLarge: the caller lists the document for a person instead of taking it for searched.
const (
	// MaxSize of a document: a bytea may hold 1 GiB, and a text is held up to four times while it is rewritten.
	MaxSize = 256 << 20
	// MaxUnpacked is what may come out of a document's members and attachments in all. Documents beside a CRM unpack to a few MiB; a
	// zip bomb of 42 kB to petabytes. Two workers at this limit stay well below 1 GiB.
	MaxUnpacked = 64 << 20
	// MaxDepth of documents in documents: a DOCX in a ZIP in a forwarded mail in a mail is 3.
	MaxDepth = 5
	// MaxParts are members and attachments in all: one costs at least a call, however small it is.
	MaxParts = 10_000
	// MaxMultipart levels of one mail: mixed, related, alternative, signed make 4.
	MaxMultipart = 20
	// MaxElements that are open at one time in XML; Word stays below 100.
	MaxElements = 2_000
	// MaxPages of a PDF, and pdfSeconds for all of it: a page takes about 10 ms.
	MaxPages   = 5_000
	pdfSeconds = 120
	// maxPDF in bytes and pdfMemoryPages of 64 KiB, which PDFium may use in its sandbox, 128 MiB: it keeps the document there too.
	maxPDF         = 64 << 20
	pdfMemoryPages = 2_048
)
