/**
 * Words that names of tables and columns are usually made of. Only used to split names written without separators
 * (`ORDERDATE`, `shipmode`), together with words of the catalog itself.
 */
export const knownWords: readonly string[] = (
  'access account accelerate action active activity actor actual address admin administrator admission age agency agent aid air aircraft ' +
  'airline airport album alias allergy amount animal annual answer apartment application appointment approval area arrival arrive article ' +
  'artist aspect assessment asset assignment attendance attribute author available average award back balance band bank base batch battle ' +
  'begin best bid bill billing birth birthday block blog board body bonus book booking born branch brand breed bridge brother budget build ' +
  'building bus business buy call campus cancel capacity capital captain car card career carrier case cash catalog category cause cell ' +
  'center centre certificate chain change channel chapter character charge chart check chief child choice church cinema city claim class ' +
  'client clinic close closing club coach code college color colour comment commission commit committee common community company ' +
  'competition complaint concert condition conductor confirm contact container content contest contestant continent contract control ' +
  'conversion cost count country county coupon course court cover create created credit crime currency current customer cycle cylinder daily ' +
  'dam data date day dealer death debit debt decision decor default degree delay delivery density deposit department depart departure ' +
  'description design destination detail device diagnosis director disable disc discount disease dish display distance district division ' +
  'document dog domain donor door draft draw driver drop drug due duration early earning earnings easy edition edge effective election ' +
  'elevation email employ employee employer enabled end engine engineer enrollment enroll entry episode equipment error estimate event exam ' +
  'exchange expense expire expiry export extended extra face facility factor faculty fail fair fan farm fare fat father fax feature fee ' +
  'festival field file film final finance finish fire first fiscal flag flat fleet flight floor food foot force form format forum founded ' +
  'founder frequency friend from fuel full function fund gallery game gas gate gender general genre goal good grade grant group growth guest ' +
  'guide hall happy hard head headquarters health height high highest hire history hit hold holiday home horse hospital host hot hotel hour ' +
  'house hull human image import inches income index industry info injury institution instruction instructor instruct insurance interest ' +
  'internal inventory invest investor invoice island issue item job join journal judge key kids kind king label lake land language large ' +
  'last late latitude launch law leader league least left legal length lesson letter level library license life like limit line link list ' +
  'live loan local location log long longitude loss lot low lower machine made mail main maintenance major make maker male manager ' +
  'manufacturer map mark market marketing marriage match material max maximum meal media medal medicine member membership memory menu message method middle mile ' +
  'milli million minimum minor minute mode model money month mother mountain movie museum music name nation national nationality native ' +
  'network news next nick night nominee normal note number object occupation offer office officer official online open operating opening ' +
  'option order organization origin original other outcome owner package page pair paper paragraph parent park part participant party ' +
  'passenger password patient pay payment people percent performance period permanent person personal phone photo physician picture piece ' +
  'pilot place plan plane plant platform play player point police policy political poll pool population port position post postal ' +
  'power practice premise prescription present president pressure previous price primary print priority prize problem procedure process ' +
  'product production professional professor profile profit program project promotion property provider province public publication ' +
  'publisher purchase purpose quality quantity quarter query question quiz race radio railway rain range rank ranking rate rating ratio read ' +
  'real reason receipt received recipe record reference refund region register registration regular release religion rental repair ' +
  'report request require reservation resident resolution response restaurant result retail return revenue review reward river road role ' +
  'room root round route salary sale sales sample scale schedule scholarship school science score screen search season seat second section ' +
  'sector security segment seller senior sequence serial series server service session set share shelf ship shipment shipping shop short show ' +
  'side sign singer single site size skill social software song sort source space speaker special specialty speed sport spouse staff stage ' +
  'standard star start state statement station statistic status stay step stock stop storage store story street student studio study style ' +
  'subject subscription supplier supply support survey symbol symptom system table tag target task tax teacher team technician temperature ' +
  'template term test text theme ticket time title total tour tournament town trace track trade traffic train training transaction transfer ' +
  'transport travel treatment trip truck trust tutor type unit university update upper usage user username vacation value variant vehicle ' +
  'vendor venue version video village visit visitor volume vote voter wage warehouse water web website week weekly weight wheel ' +
  'width wife win wine winner winning woman word work worker works world worth writer written year yield zip zone schooler'
).split(' ')
