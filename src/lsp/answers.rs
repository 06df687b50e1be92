//! The answers to what a client asks.

use super::actions::Proposer;
use super::documents::Document;
use super::position::offset;
use super::session::{Session, read};
use super::{completion, hover, navigation};
use crate::escape::plain;
use crate::inventory::Inventory;
use crate::source::Place;
use lsp_server::{ErrorCode, Request, Response};
use lsp_types::request::Request as _;
use lsp_types::{
    CodeActionKind, CodeActionParams, CompletionList, CompletionParams, GotoDefinitionParams, HoverParams,
    Location, ReferenceParams, TextDocumentPositionParams, request,
};
use serde_json::{Value, json};

/// Offers of one completion.
const OFFERS: usize = 500;

impl Session {
    /// Answers a request.
    pub(super) fn request(&mut self, request: Request) {
        let Request { id, method, params } = request;
        let answer = match &*method {
            request::HoverRequest::METHOD => read(params).map(|params| self.hover(&params)),
            request::GotoDefinition::METHOD => read(params).map(|params| self.definition(&params)),
            request::References::METHOD => read(params).map(|params| self.references(&params)),
            request::Completion::METHOD => read(params).map(|params| self.completion(&params)),
            request::CodeActionRequest::METHOD => read(params).map(|params| self.code_actions(&params)),
            "initialize" => Err((ErrorCode::InvalidRequest, "the server is initialized already".to_owned())),
            _ => Err((ErrorCode::MethodNotFound, format!("`{}` is not answered here", plain(&method)))),
        };
        self.answer(match answer {
            Ok(value) => Response::new_ok(id, value),
            Err((code, why)) => Response::new_err(id, code as i32, why),
        });
    }

    /// The document that is asked about and the offset in it, with everything
    /// judged that was changed before.
    fn place(&mut self, at: &TextDocumentPositionParams) -> Option<(&Document, u32)> {
        self.settle();
        let document = self.documents.get(at.text_document.uri.as_str())?;
        let file = &document.file;
        let offset = offset(file.text(), file.lines(), at.position, self.client.encoding);
        Some((document, u32::try_from(offset).ok()?))
    }

    fn hover(&mut self, params: &HoverParams) -> Value {
        let Some((document, offset)) = self.place(&params.text_document_position_params) else {
            return Value::Null;
        };
        let (at, file) = (document.isms, document.file.clone());
        let seen = self.isms[at].seen.as_ref();
        json!(self.telling(at, |teller| hover::at(teller, seen, &file, offset)))
    }

    fn definition(&mut self, params: &GotoDefinitionParams) -> Value {
        json!(self.places(&params.text_document_position_params, |inventory, named| {
            navigation::places(inventory, named)
        }))
    }

    fn references(&mut self, params: &ReferenceParams) -> Value {
        let with_itself = params.context.include_declaration;
        json!(self.places(&params.text_document_position, |inventory, named| {
            navigation::references(inventory, named, with_itself)
        }))
    }

    fn places(
        &mut self,
        asked: &TextDocumentPositionParams,
        find: impl FnOnce(&Inventory, &navigation::Named) -> Vec<Place>,
    ) -> Vec<Location> {
        let Some((document, offset)) = self.place(asked) else { return Vec::new() };
        let (at, file) = (document.isms, document.file.clone());
        let Some(seen) = &self.isms[at].seen else { return Vec::new() };
        let Some(named) = navigation::named(seen, &file, offset) else { return Vec::new() };
        let places = find(&seen.inventory, &named);
        self.telling(at, |teller| places.iter().filter_map(|place| teller.location(place)).collect())
    }

    fn completion(&mut self, params: &CompletionParams) -> Value {
        let Some((document, offset)) = self.place(&params.text_document_position) else { return Value::Null };
        let (at, file) = (document.isms, document.file.clone());
        let Some(seen) = &self.isms[at].seen else { return Value::Null };
        let (mut offers, span) = completion::at(seen, &file, offset);
        let is_incomplete = offers.len() > OFFERS;
        if is_incomplete {
            let written = file.slice(span).to_lowercase();
            offers.retain(|offer| offer.label().to_lowercase().contains(&written));
            offers.truncate(OFFERS);
        }
        let range = self.telling(at, |teller| teller.range(&file, span));
        json!(CompletionList {
            is_incomplete,
            items: offers.into_iter().map(|offer| offer.item(range)).collect()
        })
    }

    fn code_actions(&mut self, params: &CodeActionParams) -> Value {
        self.settle();
        let Some(document) = self.documents.get(params.text_document.uri.as_str()) else { return json!([]) };
        let is_wanted = |kind: &CodeActionKind| CodeActionKind::QUICKFIX.as_str().starts_with(kind.as_str());
        if params.context.only.as_ref().is_some_and(|only| !only.iter().any(is_wanted)) {
            return json!([]);
        }
        let (at, file, creates) = (document.isms, document.file.clone(), self.client.creates);
        let isms = &self.isms[at];
        json!(self.telling(at, |teller| Proposer { teller, creates }.of(isms, &file, params.range)))
    }
}
