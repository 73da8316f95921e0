// What listmonk does per subscriber: html/template executed anew into a fresh buffer, every link through TrackLink (a map
// behind a lock, a Sprintf), the pixel through TrackView, comments for Outlook through Safe; the alternative body through
// text/template. Links are not signed. Started by benchmarks/others.py.
//
// Argument: a JSON file, see `Given`. A line "<way> N" on stdin renders N mails: "static", the campaign with the same blocks
// for everybody, or "dynamic", with each recipient's own; with "-bare" behind it without comments. The answer is
// "<CPU nanoseconds> <bytes of HTML> <bytes of text>". A line "show <way>" answers with the first recipient's HTML, as JSON.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	texttemplate "text/template"
)

type Block struct {
	Kind                                string
	Kicker, Title, Button, Picture, URL string
	Text                                template.HTML
	Plain                               string // the block in the text part, without its link
}

type Recipient struct {
	UUID, Greeting string
	Picks          []int
}

type Given struct {
	HTML, Text     map[string]string // by way; text without "-bare"
	Links          map[string]string // URL -> UUID
	Blocks         []Block
	Recipients     []Recipient
	Root, Campaign string
}

type Message struct {
	Recipient      *Recipient
	Blocks         []*Block
	UnsubscribeURL string
	ManageURL      string
}

type Manager struct {
	given *Given
	links map[string]string
	mut   sync.RWMutex
}

func (m *Manager) TrackLink(url string, msg *Message) string {
	m.mut.RLock()
	uuid, ok := m.links[url]
	m.mut.RUnlock()
	if !ok {
		panic("no such link: " + url)
	}
	return fmt.Sprintf("%s/link/%s/%s/%s", m.given.Root, uuid, m.given.Campaign, msg.Recipient.UUID)
}

func (m *Manager) TrackView(msg *Message) template.HTML {
	return template.HTML(fmt.Sprintf(`<img src="%s/campaign/%s/%s/px.png" alt="" />`, m.given.Root, m.given.Campaign, msg.Recipient.UUID))
}

func safe(html string) template.HTML {
	return template.HTML(html)
}

func (m *Manager) message(r *Recipient, own bool) *Message {
	made := &Message{
		Recipient:      r,
		UnsubscribeURL: fmt.Sprintf("%s/subscription/%s/%s", m.given.Root, m.given.Campaign, r.UUID),
		ManageURL:      fmt.Sprintf("%s/subscription/%s/%s?manage=true", m.given.Root, m.given.Campaign, r.UUID),
	}
	if own {
		made.Blocks = make([]*Block, len(r.Picks))
		for place, pick := range r.Picks {
			made.Blocks[place] = &m.given.Blocks[pick]
		}
	}
	return made
}

func cpu() int64 {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		panic(err)
	}
	return used.Utime.Nano() + used.Stime.Nano()
}

func main() {
	raw, err := os.ReadFile(os.Args[1])
	if err != nil {
		panic(err)
	}
	given := &Given{}
	if err := json.Unmarshal(raw, given); err != nil {
		panic(err)
	}
	manager := &Manager{given: given, links: given.Links}
	functions := template.FuncMap{"TrackLink": manager.TrackLink, "TrackView": manager.TrackView, "Safe": safe}
	html, text := map[string]*template.Template{}, map[string]*texttemplate.Template{}
	for way, source := range given.HTML {
		html[way] = template.Must(template.New("mail").Funcs(functions).Parse(source))
	}
	for way, source := range given.Text {
		text[way] = texttemplate.Must(texttemplate.New("mail").Funcs(texttemplate.FuncMap(functions)).Parse(source))
	}
	render := func(way string, n int) (body, alternative bytes.Buffer) {
		plain := strings.TrimSuffix(way, "-bare")
		message := manager.message(&given.Recipients[n%len(given.Recipients)], plain == "dynamic")
		if err := html[way].Execute(&body, message); err != nil {
			panic(err)
		}
		if err := text[plain].Execute(&alternative, message); err != nil {
			panic(err)
		}
		return
	}
	asked := bufio.NewScanner(os.Stdin)
	for asked.Scan() {
		way, what, _ := strings.Cut(asked.Text(), " ")
		if way == "show" {
			body, _ := render(what, 0)
			json.NewEncoder(os.Stdout).Encode(body.String())
			continue
		}
		count, err := strconv.Atoi(what)
		if err != nil {
			panic(err)
		}
		var body, alternative bytes.Buffer
		before := cpu()
		for n := 0; n < count; n++ {
			body, alternative = render(way, n)
		}
		fmt.Println(cpu()-before, body.Len(), alternative.Len())
	}
}
