package rulebook

import (
	"encoding/xml"
	"strings"
)

// feedEntries is how many changes the feed carries.
const feedEntries = 200

type atomLink struct {
	Rel  string `xml:"rel,attr,omitempty"`
	Type string `xml:"type,attr,omitempty"`
	Href string `xml:"href,attr"`
}

type atomText struct {
	Type string `xml:"type,attr"`
	Text string `xml:",chardata"`
}

type atomEntry struct {
	Title   string   `xml:"title"`
	ID      string   `xml:"id"`
	Updated string   `xml:"updated"`
	Link    atomLink `xml:"link"`
	Content atomText `xml:"content"`
}

type atomFeed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Lang    string      `xml:"xml:lang,attr"`
	Title   string      `xml:"title"`
	ID      string      `xml:"id"`
	Updated string      `xml:"updated"`
	Author  string      `xml:"author>name"`
	Links   []atomLink  `xml:"link"`
	Entries []atomEntry `xml:"entry"`
}

// feed is the change history as Atom (RFC 4287). Ids do not depend on where the site is served.
func (b *book) feed() ([]byte, error) {
	base := b.URL
	if base != "" {
		base = strings.TrimSuffix(base, "/") + "/"
	}
	f := atomFeed{Lang: "zh-CN", Title: bookTitle + "：规则变更", ID: "urn:mingjian:rulebook", Updated: instant(b.Updated), Author: "明鉴",
		Links: []atomLink{{"self", "application/atom+xml", base + "feed.xml"}, {"alternate", "text/html", base + "changes.html"}}}
	for _, c := range b.Changes[:min(len(b.Changes), feedEntries)] {
		e := atomEntry{Title: strings.Join(strings.Fields(c.Kind+" "+c.ID+" "+c.Name), " "), ID: strings.Join([]string{"urn:mingjian:rulebook", c.Date, c.ID, c.From, c.To}, ":"),
			Updated: instant(c.Date), Link: atomLink{"alternate", "text/html", base + "changes.html"}, Content: atomText{"text", strings.Join(c.What, "\n")}}
		if b.byID[c.ID] != nil {
			e.Link.Href = base + "cards/" + c.ID + ".html"
		}
		f.Entries = append(f.Entries, e)
	}
	data, err := xml.MarshalIndent(f, "", " ")
	return append([]byte(xml.Header), append(data, '\n')...), err
}

// instant is a day as Atom wants it: its first moment in China.
func instant(day string) string { return day + "T00:00:00+08:00" }
