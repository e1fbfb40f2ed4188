// A paid message in Go, for beside.py: key, person, hold, call, settlement, on MariaDB.
//
//	go_service ADDRESS DATABASE VENDOR_URL SYSTEM_PROMPT
package main

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strings"
	"time"

	_ "github.com/go-sql-driver/mysql"
)

const (
	model      = "gpt-6-luna"
	mostTokens = 125
	held       = 2
	poolSize   = 64
)

var (
	errNoCredits = errors.New("not enough credits")
	errVendor    = errors.New("the vendor failed")
)

type service struct {
	db        *sql.DB
	http      *http.Client
	vendorURL string
	system    string
}

type message struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

type streamOptions struct {
	IncludeUsage bool `json:"include_usage"`
}

type question struct {
	Model         string         `json:"model"`
	Messages      []message      `json:"messages"`
	MostTokens    int            `json:"max_completion_tokens"`
	Stream        bool           `json:"stream,omitempty"`
	StreamOptions *streamOptions `json:"stream_options,omitempty"`
}

type usage struct {
	TotalTokens int `json:"total_tokens"`
}

type answer struct {
	Choices []struct {
		Message message `json:"message"`
	} `json:"choices"`
	Usage usage `json:"usage"`
}

func main() {
	db, err := sql.Open("mysql", os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	db.SetMaxOpenConns(poolSize)
	db.SetMaxIdleConns(poolSize)
	transport := &http.Transport{MaxIdleConns: 4000, MaxIdleConnsPerHost: 4000, DisableCompression: true}
	client := &http.Client{Transport: transport, Timeout: 120 * time.Second}
	s := &service{db: db, http: client, vendorURL: os.Args[3], system: os.Args[4]}
	http.HandleFunc("/message", s.message)
	log.Fatal(http.ListenAndServe(os.Args[1], nil))
}

func (s *service) message(w http.ResponseWriter, r *http.Request) {
	var sent struct {
		Message string `json:"message"`
	}
	if err := json.NewDecoder(r.Body).Decode(&sent); err != nil {
		http.Error(w, "no message", http.StatusBadRequest)
		return
	}
	if !s.knowsKey(r.Header.Get("X-Api-Key")) {
		http.Error(w, "unknown key", http.StatusUnauthorized)
		return
	}
	person, err := s.person(r.URL.Query().Get("email"))
	if err != nil {
		http.Error(w, "unknown person", http.StatusNotFound)
		return
	}
	hold, err := s.hold(person)
	if err != nil {
		http.Error(w, err.Error(), http.StatusPaymentRequired)
		return
	}
	isStreamed := strings.Contains(r.Header.Get("Accept"), "text/event-stream")
	charged, err := s.answer(w, sent.Message, isStreamed)
	if err := s.settle(person, hold, charged); err != nil {
		log.Print(err)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
	}
}

func (s *service) knowsKey(key string) bool {
	hash := sha256.Sum256([]byte(key))
	var id int64
	return s.db.QueryRow("SELECT id FROM api_key WHERE secret_hash = ?", hex.EncodeToString(hash[:])).Scan(&id) == nil
}

func (s *service) person(email string) (id int64, err error) {
	err = s.db.QueryRow("SELECT id FROM person WHERE email = ?", email).Scan(&id)
	return
}

func (s *service) hold(person int64) (hold int64, err error) {
	tx, err := s.db.Begin()
	if err != nil {
		return 0, err
	}
	defer tx.Rollback()
	changed, err := tx.Exec("UPDATE person SET available = available - ?, held = held + ? WHERE id = ? AND available >= ?",
		held, held, person, held)
	if err != nil {
		return 0, err
	}
	if rows, _ := changed.RowsAffected(); rows == 0 {
		return 0, errNoCredits
	}
	made, err := tx.Exec("INSERT INTO hold (person_id, amount, charged, state, created_at) VALUES (?, ?, 0, 'open', NOW(6))",
		person, held)
	if err != nil {
		return 0, err
	}
	if hold, err = made.LastInsertId(); err != nil {
		return 0, err
	}
	return hold, tx.Commit()
}

func (s *service) settle(person, hold int64, charged int) error {
	tx, err := s.db.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if _, err = tx.Exec("UPDATE hold SET state = 'posted', charged = ? WHERE id = ? AND state = 'open'", charged, hold); err != nil {
		return err
	}
	if _, err = tx.Exec("UPDATE person SET available = available + ?, held = held - ? WHERE id = ?", held-charged, held, person); err != nil {
		return err
	}
	return tx.Commit()
}

// answer sends what the vendor says to the client and returns what it costs.
func (s *service) answer(w http.ResponseWriter, text string, isStreamed bool) (int, error) {
	asked := question{Model: model, MostTokens: mostTokens, Messages: []message{{"system", s.system}, {"user", text}}}
	if isStreamed {
		asked.Stream, asked.StreamOptions = true, &streamOptions{true}
	}
	body, err := json.Marshal(asked)
	if err != nil {
		return 0, err
	}
	request, err := http.NewRequest("POST", s.vendorURL+"/v1/chat/completions", bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer sk-benchmark")
	response, err := s.http.Do(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return 0, errVendor
	}
	if isStreamed {
		return pass(w, response.Body)
	}
	var said answer
	if err := json.NewDecoder(response.Body).Decode(&said); err != nil || len(said.Choices) == 0 {
		return 0, errVendor
	}
	io.Copy(io.Discard, response.Body)
	w.Header().Set("Content-Type", "application/json")
	return 1, json.NewEncoder(w).Encode(map[string]any{"response": said.Choices[0].Message.Content, "tokens": said.Usage.TotalTokens})
}

// pass sends each piece of text as an event as soon as it comes.
func pass(w http.ResponseWriter, body io.Reader) (charged int, err error) {
	w.Header().Set("Content-Type", "text/event-stream")
	lines := bufio.NewReader(body)
	for {
		line, err := lines.ReadBytes('\n')
		if err == io.EOF {
			return charged, nil
		}
		if err != nil {
			return charged, err
		}
		text, ok := delta(line)
		if !ok {
			continue
		}
		charged = 1
		said, _ := json.Marshal(map[string]string{"text": text})
		fmt.Fprintf(w, "event: delta\ndata: %s\n\n", said)
		w.(http.Flusher).Flush()
	}
}

func delta(line []byte) (string, bool) {
	if !bytes.HasPrefix(line, []byte("data: {")) {
		return "", false
	}
	var event struct {
		Choices []struct {
			Delta struct {
				Content string `json:"content"`
			} `json:"delta"`
		} `json:"choices"`
	}
	if json.Unmarshal(line[len("data: "):], &event) != nil || len(event.Choices) == 0 {
		return "", false
	}
	return event.Choices[0].Delta.Content, event.Choices[0].Delta.Content != ""
}
