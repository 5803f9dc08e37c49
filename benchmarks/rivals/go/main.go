// Go's net/http with encoding/json: server SUBJECT PORT
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"
	"strconv"
	"strings"
)

type message struct {
	Message string `json:"message"`
}

type listing struct {
	ItemID int     `json:"item_id"`
	Q      *string `json:"q"`
	Limit  int     `json:"limit"`
}

type itemIn struct {
	Name        *string  `json:"name"`
	Description *string  `json:"description"`
	Price       *float64 `json:"price"`
	Tags        []string `json:"tags"`
}

type itemOut struct {
	ID    int      `json:"id"`
	Name  string   `json:"name"`
	Price float64  `json:"price"`
	Tags  []string `json:"tags"`
}

type stockItem struct {
	itemOut
	InStock bool `json:"in_stock"`
}

type detail struct {
	Detail any `json:"detail"`
}

// One entry of a validation error, as FastAPI words it.
type mistake struct {
	Type     string         `json:"type"`
	Location []string       `json:"loc"`
	Message  string         `json:"msg"`
	Input    string         `json:"input"`
	Context  map[string]int `json:"ctx,omitempty"`
}

func answer(w http.ResponseWriter, status int, value any) {
	content, err := json.Marshal(value)
	if err != nil {
		http.Error(w, err.Error(), 500)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(content)))
	w.WriteHeader(status)
	w.Write(content)
}

func notInteger(source, name, input string) mistake {
	text := "Input should be a valid integer, unable to parse string as an integer"
	return mistake{"int_parsing", []string{source, name}, text, input, nil}
}

func hello(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/hello" {
		answer(w, 404, detail{"Not Found"})
		return
	}
	answer(w, 200, message{"Hello"})
}

func parameters(w http.ResponseWriter, r *http.Request) {
	var mistakes []mistake
	text := strings.TrimPrefix(r.URL.Path, "/items/")
	itemID, err := strconv.Atoi(text)
	if err != nil {
		mistakes = append(mistakes, notInteger("path", "item_id", text))
	}
	query := r.URL.Query()
	result := listing{ItemID: itemID, Limit: 10}
	if query.Has("q") {
		q := query.Get("q")
		result.Q = &q
	}
	if query.Has("limit") {
		text := query.Get("limit")
		limit, err := strconv.Atoi(text)
		location := []string{"query", "limit"}
		if err != nil {
			mistakes = append(mistakes, notInteger("query", "limit", text))
		} else if limit > 100 {
			said := "Input should be less than or equal to 100"
			mistakes = append(mistakes, mistake{"less_than_equal", location, said, text, map[string]int{"le": 100}})
		} else if limit < 1 {
			said := "Input should be greater than or equal to 1"
			mistakes = append(mistakes, mistake{"greater_than_equal", location, said, text, map[string]int{"ge": 1}})
		}
		result.Limit = limit
	}
	if mistakes != nil {
		answer(w, 422, detail{mistakes})
		return
	}
	answer(w, 200, result)
}

func body(w http.ResponseWriter, r *http.Request) {
	var item itemIn
	if err := json.NewDecoder(r.Body).Decode(&item); err != nil {
		answer(w, 422, detail{err.Error()})
		return
	}
	if item.Name == nil || len(*item.Name) < 1 || len(*item.Name) > 100 || item.Price == nil || *item.Price <= 0 {
		answer(w, 422, detail{"invalid item"})
		return
	}
	answer(w, 201, itemOut{1, *item.Name, *item.Price, item.Tags})
}

func models(items []stockItem) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { answer(w, 200, items) }
}

func main() {
	mux := http.NewServeMux()
	switch os.Args[1] {
	case "hello", "hello_proxied", "not_found":
		mux.HandleFunc("/", hello)
	case "parameters", "invalid":
		mux.HandleFunc("/items/", parameters)
	case "body":
		mux.HandleFunc("/items", body)
	case "models":
		items := make([]stockItem, 50)
		for index := range items {
			name := fmt.Sprintf("Item %d", index+1)
			items[index] = stockItem{itemOut{index + 1, name, float64(index) + 1.5, []string{"red", "new"}}, true}
		}
		mux.HandleFunc("/items", models(items))
	}
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Args[2], mux))
}
