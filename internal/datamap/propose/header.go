package propose

// header are categories, and stubs of purposes, recipients and retention rules: what persons are told only the controller knows.
func header(country string) string {
	books := booksElsewhere
	if country == "SE" {
		books = booksSweden
	}
	return headerText + books
}

const headerText = `
categories:
  contact:    {sv: Kontaktuppgifter, en: Contact details}
  role:       {sv: Din roll, en: Your role}
  identity:   {sv: Personnummer och födelsedatum, en: Personal identity number and date of birth}
  history:    {sv: Historik, en: History}
  choice:     {sv: Val, en: Choices}
  invoice:    {sv: Fakturor och betalningar, en: Invoices and payments}
  assessment: {sv: Våra egna bedömningar, en: Our own assessments}
  log:        {sv: Logg, en: Log}

purposes:
  service:
    sv: hålla kontakten med dig och göra det som vi har kommit överens om
    en: keep in touch with you and do what we have agreed on
    basis: legitimate_interest
    interest: {sv: vi behöver kunna nå dig, en: we need to be able to reach you}
    decide: why do you use the data, and on which basis? Persons read these words; split them where there are several
  proof:
    sv: följa dina val och kunna visa vad du har sagt ja och nej till
    en: follow your choices and be able to show what you have said yes and no to
    basis: legal_obligation
    interest: {sv: "dataskyddsförordningen, artiklarna 7.1 och 21", en: "the GDPR, Articles 7(1) and 21"}
  books:
    sv: bokföra köp och betalningar
    en: keep accounts of purchases and payments
    basis: legal_obligation
    interest: {sv: bokföringslagen, en: the bookkeeping act}
  order:
    sv: se vad som har ändrats i dina uppgifter och rätta fel
    en: see what has been changed in your data and put mistakes right
    basis: legitimate_interest
    interest: {sv: vi vill att uppgifterna ska stämma, en: we want the data to be right}

# Whom the data is given to: name them, and list them under recipients of tables or columns.
# recipients:
#   host: {name: …, role: processor, country: SE, why: {sv: …, en: …}}

retention:
  contact:
    sv: två år efter den senaste kontakten med dig
    en: two years after our last contact with you
    decide: how long do you keep contact details?
  history:
    sv: tre år efter händelsen
    en: three years after it happened
    decide: how long do you keep history?
  choice:
    sv: så länge valet gäller, och tre år efter det
    en: as long as the choice applies, and three years after that
    decide: how long do you keep the proof of a choice?
  log:
    sv: tre år efter ändringen
    en: three years after the change
    decide: how long do you keep logs?
`

const booksSweden = `  books:
    sv: till och med det sjunde året efter det kalenderår då räkenskapsåret avslutades
    en: up to and including the seventh year after the calendar year in which the financial year ended
    law: &law {sv: "bokföringslagen 1999:1078, 7 kap. 2 §", en: "Bokföringslagen 1999:1078, chapter 7, section 2"}
    law_sentence: &sentence
      sv: Bokföringslagen säger att räkenskapsinformation ska sparas till och med det sjunde året efter utgången av det kalenderår då räkenskapsåret avslutades
      en: The Swedish Bookkeeping Act says that accounting records are to be kept up to and including the seventh year after the end of the calendar year in which the financial year ended
    years: 7
    from: financial_year_end
  # Where only the voucher's own day is known, the financial year ended at the latest 18 months later.
  books_by_date:
    sv: till och med det nionde året efter fakturan
    en: up to and including the ninth year after the invoice
    law: *law
    law_sentence: *sentence
    years: 9
    from: date
`

const booksElsewhere = `  books:
    sv: så länge bokföringslagen kräver det
    en: as long as the law on bookkeeping demands
    law: &law {sv: FYLL I, en: FILL IN}
    law_sentence: &sentence {sv: FYLL I, en: FILL IN}
    years: 10
    from: financial_year_end
    decide: which law keeps vouchers, for how many years?
  books_by_date: {sv: så länge bokföringslagen kräver det, en: as long as the law on bookkeeping demands, law: *law, law_sentence: *sentence, years: 11, from: date}
`
