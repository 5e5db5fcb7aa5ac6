package adminweb

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"strconv"
	"strings"

	"insyn/internal/audit"
)

// csvRows bounds the list; who needs more filters.
const csvRows = 5000

// requestsCSV is the list as a spreadsheet opens it. Names are somebody's data, so the download stands in the audit.
func (s *site) requestsCSV(w http.ResponseWriter, v *visit) error {
	f := v.filter()
	f.Limit, f.Offset = csvRows, 0
	list, err := s.Store.List(v.Context(), f)
	if err != nil {
		return err
	}
	names, _, err := s.names(v.Context())
	if err != nil {
		return err
	}
	err = audit.Write(v.Context(), s.Pool, audit.Entry{Actor: v.who.ID, Action: "request.list_downloaded", Detail: audit.Detail{"rows": int64(len(list))}})
	if err != nil {
		return err
	}
	var b bytes.Buffer
	b.WriteString("\ufeff")
	out := csv.NewWriter(&b)
	out.UseCRLF = true
	head := []string{}
	for _, c := range []string{"request", "kind", "person", "state", "received", "due", "days", "handler"} {
		head = append(head, v.T("admin.col."+c))
	}
	_ = out.Write(head) // a buffer takes all
	for i, row := range v.rows(list, names) {
		days := ""
		if row.Left != "" {
			days = strconv.Itoa(row.days)
		}
		cells := []string{strconv.FormatInt(row.ID, 10), row.Kind, row.Person, row.Status.Word, list[i].ReceivedOn.String(), row.dueOn, days, row.Handler}
		for i, c := range cells {
			if i != 6 { // days left may be negative: a number of ours
				cells[i] = formulaSafe(c)
			}
		}
		_ = out.Write(cells)
	}
	out.Flush()
	h := w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="requests.csv"`)
	_, _ = b.WriteTo(w)
	return nil
}

// formulaSafe keeps a spreadsheet from running a cell: what begins like a formula gets an apostrophe before it.
func formulaSafe(s string) string {
	if s != "" && strings.ContainsAny(s[:1], "=+-@\t\r\x00") {
		return "'" + s
	}
	for _, wide := range []string{"＝", "＋", "－", "＠"} {
		if strings.HasPrefix(s, wide) {
			return "'" + s
		}
	}
	return s
}
